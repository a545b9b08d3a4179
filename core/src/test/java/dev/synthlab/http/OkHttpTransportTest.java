package dev.synthlab.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synthlab.config.NetworkSettings;
import dev.synthlab.http.TransportException.Phase;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import dev.synthlab.test.ScriptedServer.Seen;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One exchange at a time, over real sockets. */
@Timeout(20)
class OkHttpTransportTest {
  private static final Duration WITHIN = Duration.ofSeconds(5);
  private static final byte[] WORDS = "grüße".getBytes(StandardCharsets.UTF_8);

  private OkHttpTransport transport = new OkHttpTransport();
  private ScriptedServer server = ScriptedServer.inTurn(Replies.json(200, "{}"));

  @AfterEach
  void close() {
    transport.close();
    server.close();
  }

  private void serve(Reply... replies) {
    server.close();
    server = ScriptedServer.inTurn(replies);
  }

  private URI at(String path) {
    return server.base().resolve(path);
  }

  private String place() {
    return "127.0.0.1:" + server.port();
  }

  private Seen sent(String method, Body body, String... headers)
      throws IOException, InterruptedException {
    Request request = new Request(method, at("/v1/x?a=b"), Headers.of(headers), body);
    text(transport.send(request, WITHIN));
    return server.seen().getLast();
  }

  private Response get() throws IOException, InterruptedException {
    return transport.send(Request.get(at("/v1/x"), Headers.NONE), WITHIN);
  }

  private static String text(Response response) throws IOException {
    try (InputStream body = response.body()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private TransportException failure(Duration within) {
    Request request = Request.get(at("/v1/x"), Headers.NONE);
    return catchThrowableOfType(
        TransportException.class, () -> text(transport.send(request, within)));
  }

  @Test
  void sendsExactlyTheGivenRequest() throws IOException, InterruptedException {
    Seen seen = sent("POST", Body.json(WORDS), "x-one", "1", "authorization", "Bearer k");

    assertThat(seen.method()).isEqualTo("POST");
    assertThat(seen.path()).isEqualTo("/v1/x?a=b");
    assertThat(seen.body()).isEqualTo("grüße");
    assertThat(seen.header("x-one")).isEqualTo("1");
    assertThat(seen.header("authorization")).isEqualTo("Bearer k");
    assertThat(seen.header("content-type")).isEqualTo("application/json");
    assertThat(seen.header("content-length")).isEqualTo("7");
  }

  @Test
  void sendsReplayableAndOneTimeStreamBodies() throws IOException, InterruptedException {
    Body again = new Body.Replayable(7, () -> new ByteArrayInputStream(WORDS), "text/plain");
    Body once = new Body.Once(new ByteArrayInputStream(WORDS), "");

    Seen known = sent("PUT", again);
    Seen unknown = sent("PUT", once);

    assertThat(known.body()).isEqualTo("grüße");
    assertThat(known.header("content-length")).isEqualTo("7");
    assertThat(known.header("content-type")).isEqualTo("text/plain");
    assertThat(unknown.body()).isEqualTo("grüße");
    assertThat(unknown.header("transfer-encoding")).isEqualTo("chunked");
    assertThat(unknown.header("content-type")).isEmpty();
  }

  @Test
  void sendsAnEmptyBodyOnlyForMethodsThatHaveOne() throws IOException, InterruptedException {
    assertThat(sent("POST", Body.empty()).header("content-length")).isEqualTo("0");
    assertThat(sent("PUT", Body.empty()).header("content-length")).isEqualTo("0");
    assertThat(sent("PATCH", Body.empty()).header("content-length")).isEqualTo("0");
    assertThat(sent("GET", Body.empty()).header("content-length")).isEmpty();
  }

  @Test
  void returnsStatusHeadersAndBodyUnchanged() throws IOException, InterruptedException {
    serve(Replies.json(418, "tea", "x-a", "1", "x-a", "2"));

    Response response = get();

    assertThat(response.status()).isEqualTo(418);
    assertThat(response.headers().fields())
        .filteredOn(field -> field.name().equals("x-a"))
        .extracting(Headers.Field::value)
        .containsExactly("1", "2");
    assertThat(response.body().read()).isEqualTo('t');
    assertThat(response.body().readAllBytes()).isEqualTo(new byte[] {'e', 'a'});
    assertThat(response.body().read()).isEqualTo(-1);
    response.body().close();
  }

  @Test
  void reusesAConnectionOnlyAfterItsBodyWasReadCompletely()
      throws IOException, InterruptedException {
    text(get());
    text(get());
    assertThat(server.connections()).isEqualTo(1);

    serve(Replies.stall("begin"), Replies.json(200, "{}"));
    Response left = get();
    left.body().read();
    left.body().close();
    text(get());

    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void failsAReadWhenAnotherThreadClosesTheBody() throws Exception {
    serve(Replies.stall("begin"));
    Response response = get();
    CountDownLatch begun = new CountDownLatch(1);
    FutureTask<TransportException> reader =
        new FutureTask<>(
            () -> {
              response.body().read();
              begun.countDown();
              return catchThrowableOfType(
                  TransportException.class, () -> response.body().readAllBytes());
            });
    Thread.ofVirtual().start(reader);
    begun.await();

    response.body().close();

    assertThat(reader.get().phase()).isEqualTo(Phase.BODY);
  }

  @Test
  void timesOutWhenTheAnswerIsLate() {
    serve(Replies.silence());

    TransportException late = failure(Duration.ofMillis(200));

    assertThat(late.phase()).isEqualTo(Phase.TIMEOUT);
    assertThat(late).hasMessage("no answer from " + place() + " within 200 ms");
  }

  @Test
  void distinguishesABreakBeforeTheAnswerFromOneInTheBody() {
    serve(Replies.hangUp(), Replies.truncated("begin"));

    TransportException before = failure(WITHIN);
    TransportException within = failure(WITHIN);

    assertThat(before.phase()).isEqualTo(Phase.EXCHANGE);
    assertThat(before.reusedConnection()).isFalse();
    assertThat(before).hasMessageContaining("to " + place() + " broke before the answer");
    assertThat(within.phase()).isEqualTo(Phase.BODY);
    assertThat(within).hasMessageContaining("the answer of " + place() + " broke off");
  }

  @Test
  void reportsABreakOnAReusedConnection() throws IOException, InterruptedException {
    serve(Replies.json(200, "{}"), Replies.hangUp());
    text(get());

    assertThat(failure(WITHIN).reusedConnection()).isTrue();
  }

  @Test
  void reportsTheHostAndPortThatRefuseTheConnection() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    Request request = Request.get(URI.create("http://127.0.0.1:" + port), Headers.NONE);

    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> transport.send(request, WITHIN))
        .withMessageContaining("no connection to 127.0.0.1:" + port)
        .matches(e -> e.phase() == Phase.CONNECT);
  }

  @Test
  void refusesAnInvalidHeaderWithoutShowingIt() {
    Request request = Request.get(at("/v1"), Headers.of("authorization", "secret\nsecret"));

    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> transport.send(request, WITHIN))
        .withMessageContaining("characters that HTTP does not allow")
        .matches(e -> e.phase() == Phase.CONNECT)
        .matches(e -> !String.valueOf(e.getCause()).contains("secret"));
    assertThat(server.seen()).isEmpty();
  }

  @Test
  void endsOnAnInterrupt() throws Exception {
    serve(Replies.silence());
    FutureTask<Throwable> sender =
        new FutureTask<>(() -> catchThrowableOfType(InterruptedException.class, this::get));
    Thread thread = Thread.ofVirtual().start(sender);
    while (server.seen().isEmpty()) {
      Thread.onSpinWait();
    }

    thread.interrupt();

    assertThat(sender.get()).isInstanceOf(InterruptedException.class);
  }

  @Test
  void resolvesNoNameAfterItWasClosed() {
    transport.close();

    assertThatExceptionOfType(UnknownHostException.class)
        .isThrownBy(() -> transport.addresses("localhost"))
        .withMessage("the transport is closed");
  }

  @Test
  void resolvesAddressesWithTheResolverOfItsRequests() throws UnknownHostException {
    transport.close();
    transport =
        new OkHttpTransport(
            ConnectOptions.of(NetworkSettings.direct())
                .withResolver(
                    host ->
                        host.equals("a.test")
                            ? List.of(InetAddress.getLoopbackAddress())
                            : List.of()));

    assertThat(transport.addresses("a.test")).hasSize(1);
    assertThatExceptionOfType(UnknownHostException.class)
        .isThrownBy(() -> transport.addresses("b.test"))
        .withMessage("it has no address");
  }

  @Test
  void reportsTheVerifiedIdentityOfAServer() throws IOException, InterruptedException {
    HeldCertificate own =
        new HeldCertificate.Builder()
            .commonName("model server")
            .addSubjectAlternativeName("127.0.0.1")
            .build();
    assertThat(transport.peer(server.base(), WITHIN)).isEmpty();
    transport.close();
    server.close();
    server =
        ScriptedServer.start(
            new HandshakeCertificates.Builder()
                .heldCertificate(own)
                .build()
                .sslContext()
                .getServerSocketFactory(),
            "https",
            (request, number) -> Replies.json(200, ""));
    NetworkSettings.CaFile file =
        new NetworkSettings.CaFile(Path.of("ca.pem"), List.of(own.certificate()));
    transport =
        new OkHttpTransport(
            ConnectOptions.of(
                new NetworkSettings(
                    Optional.of(file), Optional.empty(), Optional.empty(), List.of(), Map.of())));

    Optional<TlsPeer> peer = transport.peer(server.base(), WITHIN);

    assertThat(peer)
        .hasValueSatisfying(
            it -> {
              assertThat(it.protocol()).isEqualTo("TLSv1.3");
              assertThat(it.subject()).contains("CN=model server");
              assertThat(it.issuer()).contains("CN=model server");
              assertThat(it.expires()).isEqualTo(own.certificate().getNotAfter().toInstant());
            });
    assertThat(server.seen()).extracting(Seen::method).containsExactly("HEAD");
  }
}
