package dev.synthlab.local;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/**
 * A server on loopback with one file, which supports ranges; it can break off, and a script can
 * answer instead of it. As a proxy it answers for every host.
 */
final class WeightsServer implements AutoCloseable {
  static final int SIZE = 300_000;
  static final int WHOLE = Integer.MAX_VALUE;

  final byte[] content = new byte[SIZE];
  volatile byte[] served = content;
  volatile int cutAfter = WHOLE;
  volatile String etag = "\"v1\"";
  volatile String lastModified = "";
  volatile Optional<HttpHandler> script = Optional.empty();

  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final String scheme;

  /** A request; what it does not have is empty. */
  record Seen(String target, String range, String ifRange, String proxyAuthorization) {}

  WeightsServer() throws IOException {
    this(HttpServer.create(loopback(), 0), "http");
  }

  private WeightsServer(HttpServer server, String scheme) {
    new Random(1).nextBytes(content);
    this.server = server;
    this.scheme = scheme;
    server.createContext("/", this::handle);
    // A response that hangs does not delay the next request.
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  static WeightsServer secure(SSLContext identity) throws IOException {
    HttpsServer server = HttpsServer.create(loopback(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(identity));
    return new WeightsServer(server, "https");
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  int port() {
    return server.getAddress().getPort();
  }

  URI address() {
    return URI.create(scheme + "://127.0.0.1:" + port() + "/small.gguf");
  }

  ChecksummedFile file() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      return new ChecksummedFile("small.gguf", content.length, HexFormat.of().formatHex(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  List<Seen> seen() {
    return List.copyOf(seen);
  }

  /** The ranges of all requests; an empty text for the whole file. */
  List<String> ranges() {
    return seen.stream().map(Seen::range).toList();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    Headers headers = exchange.getRequestHeaders();
    seen.add(
        new Seen(
            exchange.getRequestURI().toString(),
            Objects.requireNonNullElse(headers.getFirst("range"), ""),
            Objects.requireNonNullElse(headers.getFirst("if-range"), ""),
            Objects.requireNonNullElse(headers.getFirst("proxy-authorization"), "")));
    if (script.isPresent()) {
      script.get().handle(exchange);
    } else {
      answer(exchange);
    }
  }

  void answer(HttpExchange exchange) throws IOException {
    Seen request = seen.getLast();
    String validator = etag.isEmpty() ? lastModified : etag;
    boolean part = !request.range().isEmpty() && request.ifRange().equals(validator);
    int from = part ? Integer.parseInt(request.range().replaceAll("\\D", "")) : 0;
    Headers headers = exchange.getResponseHeaders();
    if (!etag.isEmpty()) {
      headers.set("etag", etag);
    }
    if (!lastModified.isEmpty()) {
      headers.set("last-modified", lastModified);
    }
    if (part) {
      headers.set(
          "content-range", "bytes " + from + "-" + (served.length - 1) + "/" + served.length);
    }
    exchange.sendResponseHeaders(part ? 206 : 200, served.length - from);
    try (exchange;
        var body = exchange.getResponseBody()) {
      body.write(served, from, Math.min(cutAfter, served.length - from));
    }
  }
}
