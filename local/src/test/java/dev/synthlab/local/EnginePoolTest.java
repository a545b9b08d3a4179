package dev.synthlab.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.http.Headers;
import dev.synthlab.http.Request;
import dev.synthlab.http.Response;
import dev.synthlab.http.TransportException;
import dev.synthlab.http.TransportException.Phase;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many answers are made at once, and what happens to those who wait. */
@Timeout(20)
class EnginePoolTest {
  private static final String HI = "{'messages':[{'role':'user','content':'hi'}]}";

  private final Scripted script = new Scripted();
  private final LocalTransport transport = over(script);

  @AfterEach
  void close() {
    script.tokens.release(1000);
    transport.close();
  }

  @Test
  void runsNoMoreRequestsAtOnceThanItHasSlots() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> answers = new ArrayList<>();
      Callable<String> call = () -> Local.text(Local.send(transport, HI));
      for (int i = 0; i < 10; i++) {
        answers.add(callers.submit(call));
      }
      script.started.acquire(2);
      assertThat(script.started.tryAcquire()).isFalse();

      script.tokens.release(1000);

      for (Future<String> answer : answers) {
        assertThat(answer.get()).contains("\"content\":\"xxx\"");
      }
    }
    assertThat(script.max.get()).isEqualTo(2);
  }

  @Test
  void loadsNoSecondEngineWhileOneIsEnough() throws Exception {
    script.tokens.release(1000);

    Local.text(Local.send(transport, HI));
    Local.text(Local.send(transport, HI));

    assertThat(script.loaded.get()).isEqualTo(1);
  }

  @Test
  void failsIfNoSlotBecomesFreeInTime() throws Exception {
    Local.send(transport, HI);
    Local.send(transport, HI);
    Request request =
        Request.post(
            URI.create("local:///m/chat/completions"),
            Headers.NONE,
            HI.replace('\'', '"').getBytes(StandardCharsets.UTF_8));

    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> transport.send(request, Duration.ofMillis(20)))
        .withMessageContaining("no slot became free within 20 ms")
        .matches(e -> e.phase() == Phase.TIMEOUT);
  }

  @Test
  void waitsForASlotOnlyUntilInterrupted() throws Exception {
    Local.send(transport, HI);
    Local.send(transport, HI);
    Thread.currentThread().interrupt();

    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> Local.send(transport, HI));
  }

  @Test
  void wakesAReaderWhenAnotherThreadCloses() throws Exception {
    Response response = Local.send(transport, HI);
    script.started.acquire();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                response.body().close();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });

    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> response.body().read())
        .withMessageContaining("closed");
  }

  @Test
  void failsTheBodyWhenTheEngineFails() throws Exception {
    script.breaks = true;
    script.tokens.release(1000);
    Response response = Local.send(transport, HI);

    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> response.body().readAllBytes())
        .withMessageContaining("out of memory")
        .matches(e -> e.phase() == Phase.BODY);
    script.breaks = false;
    assertThat(Local.text(Local.send(transport, HI))).contains("xxx");
  }

  @Test
  void reportsWhyNoEngineCouldBeLoaded() {
    LocalTransport empty =
        new LocalTransport(
            "m",
            8,
            Local.engines(
                1,
                () -> {
                  throw new WeightsException("no way to get it");
                }),
            Clock.systemUTC());

    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> Local.send(empty, HI))
        .withMessageContaining("no way to get it")
        .matches(e -> e.phase() == Phase.CONNECT);
    empty.close();
  }

  @Test
  void cancelsRequestsInFlightWhenClosed() throws Exception {
    Response response = Local.send(transport, HI);
    script.started.acquire();
    script.tokens.release(1);

    transport.close();

    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> response.body().readAllBytes());
    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> Local.send(transport, HI))
        .withMessageContaining("the embedded model is closed");
  }

  private static LocalTransport over(Scripted script) {
    return new LocalTransport("m", 8, Local.engines(2, script::load), Clock.systemUTC());
  }

  /** Says "x" three times, once for each permit. */
  private static final class Scripted {
    private final Semaphore tokens = new Semaphore(0);
    private final Semaphore started = new Semaphore(0);
    private final AtomicInteger loaded = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger max = new AtomicInteger();
    private volatile boolean breaks;

    Engine load() {
      loaded.incrementAndGet();
      return new Engine() {
        @Override
        public int contextSize() {
          return 100;
        }

        @Override
        public int[] prompt(List<Turn> turns) {
          return new int[] {1};
        }

        @Override
        public void check(String schema) {}

        @Override
        public Run start(int[] prompt, Sampling sampling) {
          max.accumulateAndGet(running.incrementAndGet(), Math::max);
          started.release();
          return run();
        }

        @Override
        public void close() {}
      };
    }

    private Engine.Run run() {
      return new Engine.Run() {
        private int made;

        @Override
        public Engine.Piece next() {
          tokens.acquireUninterruptibly();
          if (breaks) {
            running.decrementAndGet();
            throw new EngineException("out of memory");
          }
          if (made++ < 3) {
            return new Engine.Piece("x", 1, false);
          }
          running.decrementAndGet();
          return new Engine.Piece("", 0, true);
        }

        @Override
        public void cancel() {
          running.decrementAndGet();
        }
      };
    }
  }
}
