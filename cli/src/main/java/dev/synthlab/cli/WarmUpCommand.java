package dev.synthlab.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.synthlab.http.OkHttpTransport;
import dev.synthlab.logging.Logging;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import picocli.CommandLine.Command;

/**
 * A hidden command that runs common commands once against a local server, so that the JVM records
 * the classes that they load. The launcher runs it after a build.
 */
@Command(name = "__train", hidden = true)
final class WarmUpCommand implements Callable<Integer> {
  private static final Logger log = Logging.component("cli");
  private static final String ANSWER =
      """
      {"id":"c","object":"chat.completion","model":"m","choices":[{"index":0,"message":
      {"role":"assistant","content":"hello"},"finish_reason":"stop"}],
      "usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}
      """;
  private static final String EVENTS =
      """
      data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"hello"},"finish_reason":null}]}

      data: {"id":"c","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

      data: {"id":"c","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}

      data: [DONE]

      """;

  @Override
  public Integer call() throws IOException, InterruptedException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/chat/completions", WarmUpCommand::answer);
    server.start();
    Path directory = Files.createTempDirectory("synthlab-train");
    try {
      String base = "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
      Path prompts = directory.resolve("prompts.jsonl");
      List<String> lines =
          IntStream.range(0, 20).mapToObj(i -> "{\"prompt\": \"number " + i + "\"}").toList();
      Files.write(prompts, lines);
      Path env = directory.resolve("env");
      Files.writeString(env, "SYNTHLAB_DB_PATH=" + directory.resolve("train.db") + "\n");
      String where = "--env-file=" + env;
      int exit = Main.run("ask", where, "--base-url", base, "-u", "hi");
      exit |= Main.run("ask", where, "--base-url", base, "-u", "hi");
      String out = directory.resolve("results.jsonl").toString();
      exit |= Main.run("run", where, "--base-url", base, prompts.toString(), "-o", out);
      exit |= Main.run("run", where, "--base-url", base, prompts.toString(), "-o", out);
      prepareTls(URI.create(base.replace("http:", "https:")));
      return exit | Main.run("--version");
    } finally {
      server.stop(0);
      remove(directory);
    }
  }

  /** Reads the certificates of the system and begins a handshake. */
  private static void prepareTls(URI address) throws InterruptedException {
    try (OkHttpTransport transport = new OkHttpTransport()) {
      transport.peer(address, Duration.ofSeconds(10));
      throw new IllegalStateException("the server has no TLS, and the handshake succeeded");
    } catch (IOException e) {
      log.debug("the handshake failed, as it must: {}", e.getMessage());
    }
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      boolean stream = request.contains("\"stream\":true");
      byte[] body = (stream ? EVENTS : ANSWER).getBytes(StandardCharsets.UTF_8);
      exchange
          .getResponseHeaders()
          .add("content-type", stream ? "text/event-stream" : "application/json");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
