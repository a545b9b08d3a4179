package dev.synthlab.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/** How far one OkHttp call has come. */
final class CallEventListener extends EventListener {
  /** OkHttp does not tell a lookup for which call it is, but both are on one thread. */
  private static final ThreadLocal<@Nullable CallEventListener> LOOKUP = new ThreadLocal<>();

  private final long end;
  private volatile @Nullable String lookingFor;
  private volatile @Nullable IOException last;
  private volatile boolean connecting;
  private volatile boolean securing;
  private volatile boolean connected;

  CallEventListener(Duration within) {
    this.end = System.nanoTime() + within.toNanos();
  }

  static EventListener of(Call call) {
    CallEventListener progress = call.request().tag(CallEventListener.class);
    return progress == null ? EventListener.NONE : progress;
  }

  /** The call for which this thread looks a name up; it is told once. */
  static Optional<CallEventListener> ofLookup() {
    Optional<CallEventListener> progress = Optional.ofNullable(LOOKUP.get());
    LOOKUP.remove();
    return progress;
  }

  @Override
  public void dnsStart(Call call, String host) {
    lookingFor = host;
    LOOKUP.set(this);
  }

  @Override
  public void dnsEnd(Call call, String host, List<InetAddress> addresses) {
    lookingFor = null;
  }

  @Override
  public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
    connecting = true;
    securing = false;
  }

  @Override
  public void secureConnectStart(Call call) {
    securing = true;
  }

  @Override
  public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
    securing = false;
  }

  @Override
  public void connectEnd(
      Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
    securing = false;
  }

  @Override
  public void connectFailed(
      Call call,
      InetSocketAddress address,
      Proxy proxy,
      @Nullable Protocol protocol,
      IOException reason) {
    switch (FailureTranslator.phase(this, reason)) {
      case TLS, PROXY, FORBIDDEN -> {
        // A further address of the same host would be asked the same.
        last = reason;
        call.cancel();
      }
      case RESOLVE, CONNECT, EXCHANGE, BODY, TIMEOUT -> {}
    }
  }

  @Override
  public void connectionAcquired(Call call, Connection connection) {
    connected = true;
  }

  /** What is left of the time of the call. */
  Duration left() {
    return Duration.ofNanos(end - System.nanoTime());
  }

  /** The host whose name is being looked up, or could not be. */
  Optional<String> lookingFor() {
    return Optional.ofNullable(lookingFor);
  }

  /** The failure that ended the call, in place of what came of it. */
  IOException decisive(IOException thrown) {
    IOException ended = last;
    return ended == null ? thrown : ended;
  }

  boolean securing() {
    return securing;
  }

  boolean connected() {
    return connected;
  }

  /** Whether it went over a connection that had been made for an earlier call. */
  boolean reused() {
    return connected && !connecting;
  }
}
