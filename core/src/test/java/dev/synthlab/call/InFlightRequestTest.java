package dev.synthlab.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.http.Headers;
import dev.synthlab.http.Response;
import dev.synthlab.http.TransportException;
import dev.synthlab.test.ManualTimer;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InFlightRequestTest {
  private static final Duration IDLE = Duration.ofSeconds(2);

  private final ManualTimer timer = ManualTimer.automatic();
  private final List<String> ends = new ArrayList<>();
  private final InFlightRequest lease = new InFlightRequest(timer, () -> ends.add("left"));
  private final Dripping wire = new Dripping();
  private final Deadline deadline = Deadline.in(timer, Duration.ofMinutes(1));

  /** A body that takes its time for every read, and breaks when it is closed meanwhile. */
  private final class Dripping extends InputStream {
    private Duration each = Duration.ZERO;
    private int bytes = 1;
    private boolean closed;
    private boolean closesBadly;

    @Override
    public int read() {
      return 'a';
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      timer.push(each);
      if (closed) {
        throw new IOException("closed");
      }
      return Math.min(bytes, length);
    }

    @Override
    public void close() throws IOException {
      closed = true;
      if (closesBadly) {
        throw new IOException("cannot close");
      }
    }
  }

  private InputStream guarded(Duration left) {
    return lease.guard(new Response(200, Headers.NONE, wire), left, Duration.ofSeconds(5));
  }

  private InputStream live() {
    InputStream body = guarded(Duration.ofSeconds(5));
    lease.keepOpen(IDLE, deadline, () -> ends.add("then"));
    return body;
  }

  @Test
  void returnsBytesAsTheyArrive() throws IOException {
    InputStream body = guarded(Duration.ofSeconds(5));

    assertThat(body.read(new byte[7], 0, 7)).isEqualTo(1);
    assertThat(body.read()).isZero();
    wire.bytes = -1;
    assertThat(body.read()).isEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource({"3000, 3000", "0, 1", "-5, 1"})
  void failsABodyWhenItsRemainingTimeIsOver(int leftMillis, int takesMillis) {
    InputStream body = guarded(Duration.ofMillis(leftMillis));
    wire.each = Duration.ofMillis(takesMillis);

    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> body.read(new byte[1], 0, 1))
        .withMessage("the answer was not whole within 5000 ms")
        .matches(e -> e.phase() == TransportException.Phase.TIMEOUT)
        .matches(e -> !e.reusedConnection());
  }

  @Test
  void failsNoBodyBeforeItsTimeIsOver() throws IOException {
    InputStream body = guarded(Duration.ofMillis(3_000));
    wire.each = Duration.ofMillis(2_999);

    assertThat(body.read(new byte[1], 0, 1)).isEqualTo(1);
  }

  @Test
  void endsOnceEvenIfClosedTwice() throws IOException {
    InputStream body = guarded(Duration.ofSeconds(5));

    body.close();
    body.close();
    lease.end();

    assertThat(ends).containsExactly("left");
    assertThat(wire.closed).isTrue();
    assertThat(timer.scheduledTasks()).isZero();
  }

  @Test
  void endsEvenIfTheBodyCannotBeClosed() throws IOException {
    wire.closesBadly = true;
    InputStream body = guarded(Duration.ofSeconds(5));

    timer.push(Duration.ofSeconds(5));
    body.close();

    assertThat(ends).containsExactly("left");
  }

  @Test
  void limitsAStreamByIdleTimeOnly() throws IOException {
    InputStream body = live();
    wire.bytes = 100;
    wire.each = IDLE.minusMillis(1);

    for (int i = 0; i < 10; i++) {
      assertThat(body.read(new byte[100], 0, 100)).isEqualTo(100);
    }

    assertThat(timer.scheduledTasks()).isZero();
    wire.each = IDLE;
    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> body.read(new byte[1], 0, 1))
        .withMessageContaining("silent or dripped for 2000 ms");
    assertThat(timer.scheduledTasks()).isZero();
  }

  @Test
  void failsAStreamAtItsDeadline() {
    InputStream body = live();
    timer.push(Duration.ofMillis(59_500));
    wire.each = Duration.ofMillis(500);

    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> body.read(new byte[1], 0, 1));
  }

  @ParameterizedTest
  @CsvSource({"9, true", "10, false"})
  void failsAStreamBelowTenBytesPerSecond(int bytes, boolean tooSlow) throws IOException {
    InputStream body = live();
    wire.bytes = bytes;
    wire.each = Duration.ofSeconds(1);
    body.read(new byte[100], 0, 100);

    if (tooSlow) {
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(() -> body.read(new byte[100], 0, 100));
    } else {
      for (int i = 0; i < 9; i++) {
        assertThat(body.read(new byte[100], 0, 100)).isEqualTo(bytes);
      }
    }
  }

  @Test
  void doesNotCountTheReadersTimeAsIdle() throws IOException {
    InputStream body = live();

    for (int i = 0; i < 10; i++) {
      timer.push(Duration.ofSeconds(3));
      assertThat(body.read(new byte[1], 0, 1)).isEqualTo(1);
    }
  }

  @Test
  void rethrowsOtherReadFailuresUnchanged() {
    InputStream body = live();
    wire.closed = true;

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> body.read(new byte[1], 0, 1))
        .withMessage("closed");
  }

  @Test
  void runsTheEndCallbackOfAStreamBeforeReleasingItsPermit() throws IOException {
    live().close();

    assertThat(ends).containsExactly("then", "left");
  }

  @Test
  void runsTheEndCallbackIfTheStreamWasAlreadyClosed() throws IOException {
    guarded(Duration.ofSeconds(5)).close();

    lease.keepOpen(IDLE, deadline, () -> ends.add("then"));

    assertThat(ends).containsExactly("left", "then");
  }
}
