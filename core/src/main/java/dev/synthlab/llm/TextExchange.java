package dev.synthlab.llm;

import dev.synthlab.call.AttemptResult;
import dev.synthlab.call.Exchange;
import dev.synthlab.call.Fault;
import dev.synthlab.call.ResponseClassifier;
import dev.synthlab.call.Route;
import dev.synthlab.call.Spend;
import dev.synthlab.call.Timer;
import dev.synthlab.call.Verdict;
import dev.synthlab.http.BodyReader;
import dev.synthlab.http.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** One request whose answer is taken as text. */
record TextExchange(Route route, Request request, Timer timer) implements Exchange<String> {

  @Override
  public long weight() {
    return 0;
  }

  @Override
  public Verdict<String> judge(AttemptResult result) throws IOException {
    if (result instanceof AttemptResult.ResponseReceived answer && answer.status() / 100 == 2) {
      try (var open = answer.body()) {
        byte[] bytes = BodyReader.whole(open, BodyReader.MAX_BYTES);
        return new Verdict.Accept<>(new String(bytes, StandardCharsets.UTF_8));
      } catch (BodyReader.TooLargeException e) {
        return new Verdict.GiveUp<>(
            Fault.of(Fault.Kind.RESPONSE_TOO_LARGE, String.valueOf(e.getMessage())));
      }
    }
    return ResponseClassifier.of(result, route, timer.now());
  }

  @Override
  public Spend spend(String value) {
    return Spend.NONE;
  }
}
