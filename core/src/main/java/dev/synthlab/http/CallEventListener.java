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

/** A listener that records which phase an OkHttp call has reached. */
final class CallEventListener extends EventListener {
  /** OkHttp does not pass the call to the lookup, but both run on one thread. */
  private static final ThreadLocal<@Nullable CallEventListener> LOOKUP = new ThreadLocal<>();

  private final long end;
  private volatile @Nullable String lookupHost;
  private volatile @Nullable IOException cancelledBy;
  private volatile boolean connecting;
  private volatile boolean inTlsHandshake;
  private volatile boolean connected;

  CallEventListener(Duration within) {
    this.end = System.nanoTime() + within.toNanos();
  }

  static EventListener of(Call call) {
    CallEventListener listener = call.request().tag(CallEventListener.class);
    return listener == null ? EventListener.NONE : listener;
  }

  /** The call for which this thread looks up a name; only the first read returns it. */
  static Optional<CallEventListener> ofLookup() {
    Optional<CallEventListener> listener = Optional.ofNullable(LOOKUP.get());
    LOOKUP.remove();
    return listener;
  }

  @Override
  public void dnsStart(Call call, String host) {
    lookupHost = host;
    LOOKUP.set(this);
  }

  @Override
  public void dnsEnd(Call call, String host, List<InetAddress> addresses) {
    lookupHost = null;
  }

  @Override
  public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
    connecting = true;
    inTlsHandshake = false;
  }

  @Override
  public void secureConnectStart(Call call) {
    inTlsHandshake = true;
  }

  @Override
  public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
    inTlsHandshake = false;
  }

  @Override
  public void connectEnd(
      Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
    inTlsHandshake = false;
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
        // Another address of the same host would fail in the same way.
        cancelledBy = reason;
        call.cancel();
      }
      case RESOLVE, CONNECT, EXCHANGE, BODY, TIMEOUT, CLOSED -> {}
    }
  }

  @Override
  public void connectionAcquired(Call call, Connection connection) {
    connected = true;
  }

  /** The remaining time of the call. */
  Duration remaining() {
    return Duration.ofNanos(end - System.nanoTime());
  }

  /** The host of a lookup that is running or has failed. */
  Optional<String> lookupHost() {
    return Optional.ofNullable(lookupHost);
  }

  /** The failure that made this listener cancel the call, or else the one that was thrown. */
  IOException rootFailure(IOException thrown) {
    IOException known = cancelledBy;
    return known == null ? thrown : known;
  }

  boolean inTlsHandshake() {
    return inTlsHandshake;
  }

  boolean connected() {
    return connected;
  }

  /** Whether the call used a connection of an earlier call. */
  boolean reused() {
    return connected && !connecting;
  }
}
