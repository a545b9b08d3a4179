package dev.synthlab.llm;

import dev.synthlab.http.BodyReader;
import dev.synthlab.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;

/**
 * The content of a chat completion object, or of the chunks of one; parsed in one pass without a
 * tree. Unknown fields are skipped; a field of an unexpected type counts as missing.
 */
final class ChatResponseParser {
  private static final int MAX_CALLS = 127;
  private static final ObjectReader INNER =
      Json.mapper().reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  String id = "";
  String model = "";
  boolean choice;
  final ChatTextBuffer text = new ChatTextBuffer();
  final ChatTextBuffer refusal = new ChatTextBuffer();
  final List<Call> calls = new ArrayList<>();
  Optional<String> finish = Optional.empty();
  Usage usage = Usage.UNKNOWN;
  Optional<String> error = Optional.empty();
  Optional<String> errorCode = Optional.empty();

  /** The number of bytes of text so far. */
  private long kept;

  private final TokenLimit limit;
  private long input;
  private long output;
  private long cached;
  private long reasoning;

  /** A parser that ignores a number of tokens beyond the limit. */
  ChatResponseParser(TokenLimit limit) {
    this.limit = limit;
  }

  /** Adds a chunk; all chunks together have the size limit of a whole object. */
  void add(String chunk) throws JacksonException, BodyReader.TooLargeException {
    read(chunk);
    if (kept > BodyReader.MAX_BYTES) {
      throw new BodyReader.TooLargeException("the text of the answer", BodyReader.MAX_BYTES);
    }
  }

  /** Reads a whole object. */
  void read(String json) throws JacksonException {
    try (JsonParser in = Json.mapper().createParser(json)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new tools.jackson.core.exc.StreamReadException(in, "not a JSON object");
      }
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String field = in.currentName();
        JsonToken value = in.nextToken();
        switch (field) {
          case "id" -> id = string(in, value).orElse(id);
          case "model" -> model = string(in, value).orElse(model);
          case "choices" -> choices(in, value);
          case "usage" -> usage(in, value);
          case "error" -> error(in, value);
          default -> in.skipChildren();
        }
      }
      if (in.nextToken() != null) {
        throw new tools.jackson.core.exc.StreamReadException(in, "text after the JSON object");
      }
    }
  }

  /** The error in the response, if it has a code. */
  Optional<UnusableResponseException.ApiError> apiError() {
    return errorCode.map(code -> new UnusableResponseException.ApiError(code, error.orElse("")));
  }

  FinishReason finishReason() {
    return finish.map(FinishReason::new).orElse(FinishReason.UNKNOWN);
  }

  private void choices(JsonParser in, JsonToken start) {
    if (start != JsonToken.START_ARRAY) {
      in.skipChildren();
      return;
    }
    boolean taken = false;
    for (JsonToken at = in.nextToken();
        at != null && at != JsonToken.END_ARRAY;
        at = in.nextToken()) {
      if (taken || at != JsonToken.START_OBJECT) {
        in.skipChildren();
      } else {
        choice(in);
        taken = true;
      }
    }
  }

  private void choice(JsonParser in) {
    choice = true;
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = in.currentName();
      JsonToken value = in.nextToken();
      switch (field) {
        case "message", "delta" -> message(in, value);
        case "finish_reason" -> finish = string(in, value).or(() -> finish);
        default -> in.skipChildren();
      }
    }
  }

  private void message(JsonParser in, JsonToken start) {
    if (start != JsonToken.START_OBJECT) {
      in.skipChildren();
      return;
    }
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = in.currentName();
      JsonToken value = in.nextToken();
      switch (field) {
        case "content" -> string(in, value).ifPresent(delta -> keep(delta, text));
        case "refusal" -> string(in, value).ifPresent(delta -> keep(delta, refusal));
        case "tool_calls" -> toolCalls(in, value);
        default -> in.skipChildren();
      }
    }
  }

  /** A tool call, complete or in part. */
  static final class Call {
    String id = "";
    final StringBuilder tool = new StringBuilder();
    final ChatTextBuffer arguments = new ChatTextBuffer();

    private Part.ToolCall whole(int place) {
      // Some servers send no id; the next request needs one.
      String known = id.isEmpty() ? "call_" + place : id;
      return new Part.ToolCall(known, tool.toString(), arguments.toString());
    }
  }

  List<Part.ToolCall> toolCalls() {
    return IntStream.range(0, calls.size()).mapToObj(i -> calls.get(i).whole(i)).toList();
  }

  private void toolCalls(JsonParser in, JsonToken start) {
    if (start != JsonToken.START_ARRAY) {
      in.skipChildren();
      return;
    }
    int place = 0;
    for (JsonToken at = in.nextToken();
        at != null && at != JsonToken.END_ARRAY;
        at = in.nextToken()) {
      if (at == JsonToken.START_OBJECT) {
        toolCall(in, place);
      } else {
        in.skipChildren();
      }
      place++;
    }
  }

  private void toolCall(JsonParser in, int place) {
    Call delta = new Call();
    int index = place;
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = in.currentName();
      JsonToken value = in.nextToken();
      switch (field) {
        case "index" -> index = (int) Math.min(count(in, value), MAX_CALLS);
        case "id" -> delta.id = string(in, value).orElse("");
        case "function" -> function(in, value, delta);
        default -> in.skipChildren();
      }
    }
    while (calls.size() <= index) {
      calls.add(new Call());
    }
    Call call = calls.get(index);
    call.id = call.id.isEmpty() ? delta.id : call.id;
    if (call.tool.isEmpty()) {
      call.tool.append(delta.tool);
      count(delta.tool);
    }
    keep(delta.arguments.toString(), call.arguments);
  }

  private void keep(String delta, ChatTextBuffer where) {
    where.append(delta);
    count(delta);
  }

  private void count(CharSequence delta) {
    for (int i = 0; i < delta.length(); i++) {
      char c = delta.charAt(i);
      kept += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
  }

  private static void function(JsonParser in, JsonToken start, Call call) {
    if (start != JsonToken.START_OBJECT) {
      in.skipChildren();
      return;
    }
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = in.currentName();
      JsonToken value = in.nextToken();
      switch (field) {
        case "name" -> string(in, value).ifPresent(call.tool::append);
        case "arguments" -> arguments(in, value, call);
        default -> in.skipChildren();
      }
    }
  }

  /** JSON as text, as the API documents; some servers send the object itself. */
  private static void arguments(JsonParser in, JsonToken value, Call call) {
    if (value == JsonToken.VALUE_STRING) {
      call.arguments.append(in.getString());
    } else if (value == JsonToken.START_OBJECT) {
      call.arguments.append(INNER.readTree(in).toString());
    } else {
      in.skipChildren();
    }
  }

  private void usage(JsonParser in, JsonToken start) {
    if (start != JsonToken.START_OBJECT) {
      in.skipChildren();
      return;
    }
    boolean counted = false;
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = in.currentName();
      JsonToken value = in.nextToken();
      switch (field) {
        case "prompt_tokens" -> {
          counted |= isCount(in, value);
          input = count(in, value);
        }
        case "completion_tokens" -> {
          counted |= isCount(in, value);
          output = count(in, value);
        }
        case "prompt_tokens_details" -> cached = detail(in, value, "cached_tokens");
        case "completion_tokens_details" -> reasoning = detail(in, value, "reasoning_tokens");
        default -> in.skipChildren();
      }
    }
    Usage stated = new Usage(input, output, cached, reasoning, true);
    if (counted && limit.allows(stated)) {
      usage = stated;
    }
  }

  private static long detail(JsonParser in, JsonToken start, String wanted) {
    long found = 0;
    if (start != JsonToken.START_OBJECT) {
      in.skipChildren();
      return found;
    }
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = in.currentName();
      JsonToken value = in.nextToken();
      if (field.equals(wanted)) {
        found = count(in, value);
      } else {
        in.skipChildren();
      }
    }
    return found;
  }

  private void error(JsonParser in, JsonToken value) {
    if (value == JsonToken.VALUE_STRING) {
      error = Optional.of(in.getString());
    } else if (value == JsonToken.START_OBJECT) {
      error = Optional.of("an error without a message");
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String field = in.currentName();
        JsonToken inner = in.nextToken();
        switch (field) {
          case "message" -> error = string(in, inner).or(() -> error);
          case "code" ->
              errorCode =
                  inner == JsonToken.VALUE_NUMBER_INT
                      ? Optional.of(in.getString())
                      : string(in, inner).or(() -> errorCode);
          default -> in.skipChildren();
        }
      }
    } else {
      in.skipChildren();
    }
  }

  private static Optional<String> string(JsonParser in, JsonToken value) {
    if (value == JsonToken.VALUE_STRING) {
      return Optional.of(in.getString());
    }
    in.skipChildren();
    return Optional.empty();
  }

  private static boolean isCount(JsonParser in, JsonToken value) {
    return value == JsonToken.VALUE_NUMBER_INT && in.getLongValue() >= 0;
  }

  private static long count(JsonParser in, JsonToken value) {
    if (value == JsonToken.VALUE_NUMBER_INT) {
      return Math.max(0, in.getLongValue());
    }
    in.skipChildren();
    return 0;
  }
}
