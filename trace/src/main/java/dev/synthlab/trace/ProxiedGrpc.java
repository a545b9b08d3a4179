package dev.synthlab.trace;

import dev.synthlab.call.Threads;
import dev.synthlab.config.Net;
import dev.synthlab.http.Headers;
import dev.synthlab.http.OkHttpGrpc;
import io.opentelemetry.common.ComponentLoader;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.GrpcResponse;
import io.opentelemetry.sdk.common.export.GrpcSender;
import io.opentelemetry.sdk.common.export.GrpcSenderConfig;
import io.opentelemetry.sdk.common.export.GrpcSenderProvider;
import io.opentelemetry.sdk.common.export.GrpcStatusCode;
import io.opentelemetry.sdk.common.export.MessageWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Sends by gRPC through a proxy, which the SDK's own sender cannot. What does not arrive is not
 * sent again. Safe for use by many threads.
 */
final class ProxiedGrpc implements GrpcSender {
  private final GrpcSenderConfig config;
  private final URI method;
  private final OkHttpGrpc client;

  private ProxiedGrpc(GrpcSenderConfig config, Net net) {
    this.config = config;
    this.method = config.getEndpoint().resolve("/" + config.getFullMethodName());
    this.client = new OkHttpGrpc(net);
  }

  /** What an exporter finds its sender by. */
  static ComponentLoader loader(Net net) {
    GrpcSenderProvider provider = config -> new ProxiedGrpc(config, net);
    return new ComponentLoader() {
      @Override
      public <T> Iterable<T> load(Class<T> type) {
        return type.isInstance(provider) ? List.of(type.cast(provider)) : List.of();
      }
    };
  }

  /** Whether an address is reached through a proxy, in a tunnel. */
  static boolean neededFor(URI address, Net net) {
    return "https".equalsIgnoreCase(address.getScheme()) && net.proxyFor(address).isPresent();
  }

  @SuppressWarnings("ArrayRecordComponent") // read once, compared by nobody
  private record Said(GrpcStatusCode getStatusCode, String getStatusDescription, byte[] bytes)
      implements GrpcResponse {
    @Override
    public byte[] getResponseMessage() {
      return bytes;
    }
  }

  @Override
  public void send(
      MessageWriter writer, Consumer<GrpcResponse> arrived, Consumer<Throwable> failed) {
    byte[] message;
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(writer.getContentLength());
      writer.writeMessage(bytes);
      message = bytes.toByteArray();
    } catch (IOException e) {
      failed.accept(e);
      return;
    }
    Threads.start("synthlab-traces", () -> sent(message, arrived, failed));
  }

  private void sent(byte[] message, Consumer<GrpcResponse> arrived, Consumer<Throwable> failed) {
    OkHttpGrpc.Answer answer;
    try {
      answer = client.call(method, headers(), message, config.getTimeout());
    } catch (IOException | RuntimeException e) { // a header may be none, or the client be closed
      failed.accept(e);
      return;
    }
    arrived.accept(
        new Said(GrpcStatusCode.fromValue(answer.status()), answer.words(), answer.message()));
  }

  private Headers headers() {
    List<Headers.Field> all = new ArrayList<>();
    Map<String, List<String>> given = config.getHeadersSupplier().get();
    if (given != null) {
      given.forEach(
          (name, values) -> values.forEach(value -> all.add(new Headers.Field(name, value))));
    }
    return new Headers(all);
  }

  @Override
  public CompletableResultCode shutdown() {
    client.close();
    return CompletableResultCode.ofSuccess();
  }
}
