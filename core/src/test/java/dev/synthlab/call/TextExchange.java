package dev.synthlab.call;

import dev.synthlab.http.BodyReader;
import dev.synthlab.http.Headers;
import dev.synthlab.http.Request;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/** A request whose answer is its text; each character of it is a token. */
record TextExchange(Route route, Function<Fault, Optional<Exchange<String>>> otherwise)
    implements Exchange<String> {

  static TextExchange of(Route route) {
    return new TextExchange(route, fault -> Optional.empty());
  }

  @Override
  public long weight() {
    return 100;
  }

  @Override
  public Request request() {
    return Request.get(URI.create(route.base() + "/" + route.resource()), Headers.NONE);
  }

  @Override
  public Verdict<String> judge(AttemptResult result) throws IOException {
    if (result instanceof AttemptResult.ResponseReceived answer && answer.status() == 200) {
      return new Verdict.Accept<>(
          new String(BodyReader.whole(answer.body(), 1_000), StandardCharsets.UTF_8));
    }
    if (result instanceof AttemptResult.ResponseReceived answer && answer.status() == 299) {
      Fault fault = Fault.of(Fault.Kind.BAD_REQUEST, "to be mended");
      return new Verdict.ReplaceWith<>(otherwise.apply(fault).orElseThrow(), fault);
    }
    return ResponseClassifier.of(result, route, Instant.EPOCH);
  }

  @Override
  public Spend spend(String value) {
    return CallReports.spend(value.length(), 0, 0, 0, Optional.empty());
  }

  @Override
  public Optional<Exchange<String>> fallback(Fault fault) {
    return otherwise.apply(fault);
  }
}
