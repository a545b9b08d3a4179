package dev.synthlab.test;

import dev.synthlab.http.Body;
import dev.synthlab.http.Headers;
import dev.synthlab.http.Request;
import dev.synthlab.http.TransportException.Phase;
import dev.synthlab.json.Json;
import dev.synthlab.logging.Redactor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * One request and its response, as one line of a recording.
 *
 * @param request what identifies the request
 * @param response what was received
 */
record RecordedExchange(Question request, Answer response) {
  private static final String BASE64 = "base64:";

  /** The response headers that the client reads; others may hold account data. */
  private static final Set<String> KEPT_HEADERS =
      Set.of(
          "content-type",
          "retry-after",
          "retry-after-ms",
          "x-should-retry",
          "x-request-id",
          "x-ratelimit-limit-requests",
          "x-ratelimit-limit-tokens",
          "x-ratelimit-remaining-requests",
          "x-ratelimit-remaining-tokens",
          "x-ratelimit-reset-requests",
          "x-ratelimit-reset-tokens",
          "link",
          "location");

  /**
   * The redacted request, without host, query and headers.
   *
   * @param method the HTTP method
   * @param path the path of the address
   * @param body the body: a JSON tree, or a text
   */
  record Question(String method, String path, Object body) {
    static Question of(Request request) {
      return new Question(
          request.method(), Redactor.redact(request.uri().getPath()), body(request.body()));
    }

    private static Object body(Body body) {
      return switch (body) {
        case Body.Bytes known -> tree(new String(known.bytes(), StandardCharsets.UTF_8));
        case Body.Replayable file -> "(" + file.length() + " bytes)";
        case Body.Once stream -> "(a stream)";
        case Body.Generated generated -> "(a stream)";
      };
    }

    private static Object tree(String text) {
      try {
        return text.isEmpty() ? "" : redacted(Json.mapper().readValue(text, Object.class));
      } catch (JacksonException e) {
        return Redactor.redact(text);
      }
    }

    private static Object redacted(@Nullable Object tree) {
      return switch (tree) {
        case String text -> Redactor.redact(text);
        case Map<?, ?> map -> {
          Map<String, @Nullable Object> copy = new LinkedHashMap<>();
          map.forEach((name, value) -> copy.put(String.valueOf(name), redactedOrNull(value)));
          yield copy;
        }
        case List<?> list -> {
          List<@Nullable Object> copy = new ArrayList<>();
          list.forEach(value -> copy.add(redactedOrNull(value)));
          yield copy;
        }
        case null -> "";
        default -> tree;
      };
    }

    private static @Nullable Object redactedOrNull(@Nullable Object tree) {
      return tree == null ? null : redacted(tree);
    }

    /** The body with one member per line. */
    String lines() {
      return method
          + " "
          + path
          + "\n"
          + (body instanceof String text
              ? text
              : Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(body));
    }
  }

  /**
   * What was received.
   *
   * @param status the HTTP status; 0 if there was no response
   * @param headers the headers that the client reads, redacted
   * @param chunks the body, as its parts arrived
   * @param failedIn the phase in which the exchange failed; empty if it did not
   * @param message the message of the failure
   */
  record Answer(
      int status,
      Map<String, String> headers,
      List<String> chunks,
      String failedIn,
      String message) {

    static Answer of(int status, Headers headers, List<byte[]> chunks) {
      return new Answer(status, kept(headers), texts(chunks), "", "");
    }

    static Answer failed(
        int status, Headers headers, List<byte[]> chunks, Phase phase, String why) {
      return new Answer(status, kept(headers), texts(chunks), phase.name(), Redactor.redact(why));
    }

    private static Map<String, String> kept(Headers headers) {
      Map<String, String> kept = new LinkedHashMap<>();
      KEPT_HEADERS.stream()
          .sorted()
          .forEach(
              name ->
                  headers.first(name).ifPresent(value -> kept.put(name, Redactor.redact(value))));
      return kept;
    }

    /** The chunks as texts; a body with a secret becomes one chunk, as a secret may cross two. */
    private static List<String> texts(List<byte[]> chunks) {
      int length = chunks.stream().mapToInt(chunk -> chunk.length).sum();
      byte[] all = new byte[length];
      int at = 0;
      for (byte[] chunk : chunks) {
        System.arraycopy(chunk, 0, all, at, chunk.length);
        at += chunk.length;
      }
      String whole = new String(all, StandardCharsets.UTF_8);
      boolean isText = Arrays.equals(whole.getBytes(StandardCharsets.UTF_8), all);
      if (!isText || whole.contains(BASE64)) {
        return chunks.stream()
            .map(chunk -> BASE64 + Base64.getEncoder().encodeToString(chunk))
            .toList();
      }
      String clean = Redactor.redact(whole);
      return clean.equals(whole) ? split(all, chunks) : List.of(clean);
    }

    /** The chunks, with each character whole in one of them. */
    private static List<String> split(byte[] all, List<byte[]> chunks) {
      List<String> texts = new ArrayList<>();
      int from = 0;
      int end = 0;
      for (byte[] chunk : chunks) {
        end += chunk.length;
        int cut = end;
        while (cut < all.length && cut > from && (all[cut] & 0xC0) == 0x80) {
          cut--;
        }
        if (cut > from) {
          texts.add(new String(all, from, cut - from, StandardCharsets.UTF_8));
          from = cut;
        }
      }
      return texts;
    }

    List<byte[]> bytes() {
      return chunks.stream()
          .map(
              text ->
                  text.startsWith(BASE64)
                      ? Base64.getDecoder().decode(text.substring(BASE64.length()))
                      : text.getBytes(StandardCharsets.UTF_8))
          .toList();
    }
  }

  String line() {
    Map<String, Object> question = new LinkedHashMap<>();
    question.put("method", request.method());
    question.put("path", request.path());
    question.put("body", request.body());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("status", response.status());
    answer.put("headers", response.headers());
    answer.put("chunks", response.chunks());
    if (!response.failedIn().isEmpty()) {
      answer.put("failedIn", response.failedIn());
      answer.put("message", response.message());
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("request", question);
    line.put("response", answer);
    return Json.line(line);
  }

  static RecordedExchange of(String line) {
    Map<?, ?> tree = Json.mapper().readValue(line, Map.class);
    Map<?, ?> question = (Map<?, ?>) member(tree, "request");
    Map<?, ?> answer = (Map<?, ?>) member(tree, "response");
    Map<String, String> headers = new LinkedHashMap<>();
    ((Map<?, ?>) member(answer, "headers"))
        .forEach((name, value) -> headers.put(String.valueOf(name), String.valueOf(value)));
    List<String> chunks =
        ((List<?>) member(answer, "chunks")).stream().map(String::valueOf).toList();
    return new RecordedExchange(
        new Question(
            (String) member(question, "method"),
            (String) member(question, "path"),
            member(question, "body")),
        new Answer(
            (Integer) member(answer, "status"),
            headers,
            chunks,
            text(answer, "failedIn"),
            text(answer, "message")));
  }

  private static Object member(Map<?, ?> tree, String name) {
    return Objects.requireNonNull(tree.get(name), () -> "the line has no member " + name);
  }

  private static String text(Map<?, ?> tree, String name) {
    return Objects.requireNonNullElse((String) tree.get(name), "");
  }
}
