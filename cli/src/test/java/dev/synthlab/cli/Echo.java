package dev.synthlab.cli;

import dev.synthlab.json.Json;
import dev.synthlab.testing.Encodings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Answers of a server that repeats every key it knows: each answer in some of the encodings, and
 * all answers to {@link #SLOTS} prompts in all of them.
 */
final class Echo {
  /** Where in an answer the keys stand. */
  enum Place {
    TEXT,
    NAMES,
    REFUSAL,
    TOOL,
    BAD_REQUEST,
    DENIED,
    FAILED_PAGE,
    HEADERS,
    STATUS_LINE,
    REDIRECT,
    NOT_JSON,
    BROKEN_OFF,
    STREAM
  }

  /** Into how many answers the encodings are divided. */
  static final int SLOTS = 6;

  private static final Pattern PROMPT = Pattern.compile("canary[ _]([A-Z_]+)[ _](\\d+)[ _]end");

  /** For each key all of its encodings. */
  private final List<List<String>> encoded;

  Echo(List<String> keys) {
    this.encoded =
        keys.stream()
            .map(
                key -> {
                  List<String> all = new ArrayList<>(Encodings.ofLong(key).values());
                  all.addAll(Encodings.passing(key).values());
                  return List.copyOf(all);
                })
            .toList();
  }

  /** The prompt whose answer has the keys at a place, in the encodings of a slot. */
  static String prompt(Place place, int slot) {
    return "canary " + place + " " + slot + " end";
  }

  /** The answer to a request, whose path or body holds a prompt. */
  byte[] answer(String request) {
    boolean stream = request.contains("\"stream\":true");
    Matcher asked = PROMPT.matcher(request);
    return asked.find()
        ? answer(Place.valueOf(asked.group(1)), Integer.parseInt(asked.group(2)), stream)
        : answer(Place.TEXT, 0, stream);
  }

  private byte[] answer(Place place, int slot, boolean stream) {
    String said = repeated(slot);
    return switch (place) {
      case TEXT -> stream ? stream(said, true) : json(200, "OK", "", chat("m", said, "", ""));
      case NAMES -> json(200, "OK", "", chat(said, "fine", "", ""));
      case REFUSAL -> json(200, "OK", "", chat("m", "", said, ""));
      case TOOL -> json(200, "OK", "", chat("m", "", "", said));
      case BAD_REQUEST -> json(400, "Bad Request", "", error(said));
      case DENIED -> json(401, "Unauthorized", "", error(said));
      case FAILED_PAGE -> http(500, "Failed", "", "text/html", "<html>" + said + "</html>");
      case HEADERS -> json(400, "No", headers(slot), error("no"));
      case STATUS_LINE -> json(400, line(slot), "", error("no"));
      case REDIRECT ->
          json(302, "Found", "Location: http://127.0.0.1:1/" + line(slot) + "\r\n", "{}");
      case NOT_JSON -> json(200, "OK", "", "no JSON " + said);
      case BROKEN_OFF -> {
        byte[] all = json(200, "OK", "", chat("m", said, "", ""));
        yield java.util.Arrays.copyOf(all, all.length / 2);
      }
      case STREAM -> stream(said, false);
    };
  }

  /** Every key in the encodings of a slot. */
  String repeated(int slot) {
    StringBuilder all = new StringBuilder("echo");
    for (List<String> forms : encoded) {
      for (int i = slot % SLOTS; i < forms.size(); i += SLOTS) {
        all.append(" | ").append(forms.get(i));
      }
    }
    return all.toString();
  }

  /** Every key in one encoding, on one line. */
  private String line(int index) {
    return encoded.stream()
        .map(forms -> forms.get(index % forms.size()).replaceAll("[^!-~]", ""))
        .collect(Collectors.joining("_"));
  }

  private String headers(int slot) {
    return "x-request-id: "
        + line(slot)
        + "\r\nretry-after: "
        + line(slot + 1)
        + "\r\nx-ratelimit-reset-requests: "
        + line(slot + 2)
        + "\r\nset-cookie: k="
        + line(slot + 3)
        + "\r\n";
  }

  private static String error(String said) {
    return written(
        Map.of("error", Map.of("message", said, "code", said, "type", said, "param", said)));
  }

  private static String chat(String model, String text, String refusal, String tool) {
    Map<String, Object> message = new java.util.LinkedHashMap<>();
    message.put("role", "assistant");
    message.put("content", text.isEmpty() ? null : text);
    if (!refusal.isEmpty()) {
      message.put("refusal", refusal);
    }
    if (!tool.isEmpty()) {
      message.put(
          "tool_calls",
          List.of(
              Map.of(
                  "id",
                  tool,
                  "type",
                  "function",
                  "function",
                  Map.of("name", tool, "arguments", tool))));
    }
    return written(
        Map.of(
            "id",
            model,
            "object",
            "chat.completion",
            "model",
            model,
            "system_fingerprint",
            model,
            "choices",
            List.of(
                Map.of(
                    "index",
                    0,
                    "finish_reason",
                    tool.isEmpty() ? "stop" : "tool_calls",
                    "message",
                    message)),
            "usage",
            Map.of("prompt_tokens", 3, "completion_tokens", 5, "total_tokens", 8)));
  }

  /** In pieces of a few characters; the end may be missing. */
  private static byte[] stream(String said, boolean whole) {
    StringBuilder events = new StringBuilder();
    for (int at = 0; at < said.length(); at += 7) {
      String delta = said.substring(at, Math.min(said.length(), at + 7));
      events
          .append("data: ")
          .append(
              written(
                  Map.of(
                      "choices", List.of(Map.of("index", 0, "delta", Map.of("content", delta))))))
          .append("\n\n");
    }
    if (whole) {
      events.append(
          "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
              + "data: [DONE]\n\n");
    } else {
      events.append("data: ").append(error(said)).append("\n\n");
    }
    return http(200, "OK", "", "text/event-stream", events.toString());
  }

  private static byte[] json(int status, String reason, String headers, String body) {
    return http(status, reason, headers, "application/json", body);
  }

  static byte[] http(int status, String reason, String headers, String type, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 "
            + status
            + " "
            + reason
            + "\r\n"
            + headers
            + "Content-Type: "
            + type
            + "\r\nContent-Length: "
            + bytes.length
            + "\r\nConnection: close\r\n\r\n";
    byte[] first = head.getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = java.util.Arrays.copyOf(first, first.length + bytes.length);
    System.arraycopy(bytes, 0, all, first.length, bytes.length);
    return all;
  }

  /** What a PostgreSQL server says that lets nobody in. */
  byte[] refusedByDatabase(String head) {
    if (head.startsWith("\0\0\0\b")) {
      return new byte[] {'N'}; // no TLS
    }
    String fields =
        "SFATAL\0VFATAL\0C28P01\0M" + repeated(0).replace('\0', ' ') + "\0D" + line(1) + "\0\0";
    byte[] text = fields.getBytes(StandardCharsets.UTF_8);
    return java.nio.ByteBuffer.allocate(5 + text.length)
        .put((byte) 'E')
        .putInt(4 + text.length)
        .put(text)
        .array();
  }

  private static String written(Object tree) {
    return Json.mapper().writeValueAsString(tree);
  }
}
