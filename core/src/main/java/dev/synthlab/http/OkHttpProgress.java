package dev.synthlab.http;

import java.net.InetSocketAddress;
import java.net.Proxy;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/** How far one OkHttp call has come. */
final class OkHttpProgress extends EventListener {
  private volatile boolean connecting;
  private volatile boolean securing;
  private volatile boolean connected;

  static EventListener of(Call call) {
    OkHttpProgress progress = call.request().tag(OkHttpProgress.class);
    return progress == null ? EventListener.NONE : progress;
  }

  @Override
  public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
    connecting = true;
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
  public void connectionAcquired(Call call, Connection connection) {
    connected = true;
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
