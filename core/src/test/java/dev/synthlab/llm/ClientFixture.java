package dev.synthlab.llm;

import dev.synthlab.call.CallPolicy.WaitMode;
import dev.synthlab.call.Timer;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.http.OkHttpTransport;
import dev.synthlab.test.ManualTimer;
import dev.synthlab.test.ScriptedServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A scripted server and what it takes to ask it: clients with settings of their own. */
final class ClientFixture implements AutoCloseable {
  final ManualTimer pushed = ManualTimer.forSockets();
  final OkHttpTransport transport = new OkHttpTransport();
  final ScriptedServer server;
  private final Map<String, String> settings = new HashMap<>();
  private Timer timer = pushed;
  private WaitMode waiting = WaitMode.WITHIN_DEADLINE;
  private TrafficControl traffic = TrafficControl.by(pushed, TrafficControl.RouteLimits.DEFAULT);

  ClientFixture(ScriptedServer server) {
    this.server = server;
    with("OPENAI_BASE_URL", server.base().toString()).with("SYNTHLAB_TIMEOUT", "5s");
  }

  static ClientFixture inTurn(ScriptedServer.Reply... replies) {
    return new ClientFixture(ScriptedServer.inTurn(replies));
  }

  static ClientFixture of(ScriptedServer.Script script) {
    return new ClientFixture(ScriptedServer.start(script));
  }

  ClientFixture with(String variable, String value) {
    settings.put(variable, value);
    return this;
  }

  /** Under another path of the same server. */
  ClientFixture at(String path) {
    return with("OPENAI_BASE_URL", server.base().resolve(path).toString());
  }

  /** Host and port of the server. */
  String place() {
    return server.base().getAuthority();
  }

  /** By the machine's time, in place of one that is pushed. */
  ClientFixture inRealTime() {
    timer = Timer.system();
    traffic = TrafficControl.by(timer, TrafficControl.RouteLimits.DEFAULT);
    return this;
  }

  /** As a bulk run asks: held back as long as it takes. */
  ClientFixture asBulk() {
    waiting = WaitMode.UNBOUNDED;
    return with("SYNTHLAB_LLM_MAX_ATTEMPTS", "8").with("SYNTHLAB_BACKOFF_MIN", "1ms");
  }

  TrafficControl traffic() {
    return traffic;
  }

  LlmClient client() {
    return client(builder -> builder);
  }

  /** With more than the rig gives a client. */
  LlmClient client(UnaryOperator<LlmClientBuilder> more) {
    return more.apply(
            LlmClient.builder()
                .settings(llm())
                .transport(transport)
                .timer(timer)
                .traffic(traffic)
                .waiting(waiting))
        .build();
  }

  /** Where its clients send to. */
  Endpoint endpoint() {
    return new Endpoint(llm(), false, new ModelRegistry(llm(), timer));
  }

  private Settings.Llm llm() {
    return Settings.from(Environment.of(settings)).llm();
  }

  int requests() {
    return server.seen().size();
  }

  void awaitRequests(int count) {
    while (requests() < count) {
      Thread.onSpinWait();
    }
  }

  /** How long it takes from now until the server has no open connection. */
  Duration untilClosed() {
    long begin = System.nanoTime();
    while (server.openConnections() > 0) {
      Thread.onSpinWait();
    }
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  @Override
  public void close() {
    server.close();
    transport.close();
  }
}
