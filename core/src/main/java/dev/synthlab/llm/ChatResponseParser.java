package dev.synthlab.llm;

import dev.synthlab.call.ErrorBody;
import dev.synthlab.http.BodyReader;
import dev.synthlab.json.Json;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamReadException;

/**
 * The content of a chat completion object, or of the chunks of one; parsed in one pass without a
 * tree. Unknown fields are skipped; a field of an unexpected type counts as missing. Of several
 * choices the one with index 0 is the answer.
 */
final class ChatResponseParser {
  private static final int MAX_ERROR = 64 * 1024;

  String id = "";
  String model = "";
  boolean choice;
  final ChatTextBuffer text = new ChatTextBuffer();
  final ChatTextBuffer refusal = new ChatTextBuffer();
  final ChatTextBuffer reasoningText = new ChatTextBuffer();
  final ToolCallBuffer calls = new ToolCallBuffer();
  FinishReason finish = FinishReason.UNKNOWN;
  Usage usage = Usage.UNKNOWN;
  Optional<ErrorBody> error = Optional.empty();

  /** Whether the content of a message is a list of parts. */
  boolean listed;

  /** The number of bytes of text so far. */
  private long kept;

  private boolean isEvent;
  private boolean deltas;
  private boolean messages;
  private boolean textInDeltas;
  private final TokenLimit limit;
  private long input;
  private long output;
  private long cached;
  private long reasoning;

  /** A parser that ignores a number of tokens beyond the limit. */
  ChatResponseParser(TokenLimit limit) {
    this.limit = limit;
  }

  /** Adds a part of a body; all parts together have the size limit of a whole object. */
  void add(ChatChunks.Chunk chunk) throws JacksonException, BodyReader.TooLargeException {
    switch (chunk.kind()) {
      case BODY -> read(chunk.data());
      case EVENT -> {
        isEvent = true;
        read(chunk.data());
      }
      case ERROR -> error = Optional.of(ErrorBody.read(chunk.data()));
    }
    if (kept > BodyReader.MAX_BYTES) {
      throw new BodyReader.TooLargeException("the text of the answer", BodyReader.MAX_BYTES);
    }
  }

  /** Reads a whole object, or the chunks of one, one after the other. */
  void read(String json) throws JacksonException {
    boolean answer;
    try (JsonParser in = Json.parser(json)) {
      JsonToken root = in.nextToken();
      answer = root == JsonToken.START_OBJECT && object(in);
      while (root == JsonToken.START_OBJECT && in.nextToken() != null) {
        answer |= in.currentToken() == JsonToken.START_OBJECT && object(in);
        if (messages || in.currentToken() != JsonToken.END_OBJECT) {
          throw new StreamReadException(in, "text after the JSON object");
        }
      }
      if (!answer && error.isEmpty() && json.length() <= MAX_ERROR) {
        error = ErrorBody.in(Json.mapper().readTree(json));
      }
      if (root != JsonToken.START_OBJECT && error.isEmpty()) {
        throw new StreamReadException(in, "not a JSON object");
      }
    }
  }

  /** Whether the object is one of an answer. */
  private boolean object(JsonParser in) {
    boolean answer = false;
    Optional<ChatChoice> chosen = Optional.empty();
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = in.currentName();
      JsonToken value = in.nextToken();
      answer |= field.equals("choices") || field.equals("usage");
      switch (field) {
        case "id" -> id = JsonFields.string(in, value, id);
        case "model" -> model = JsonFields.string(in, value, model);
        case "choices" -> chosen = choices(in, value);
        case "usage" -> usage(in, value);
        case "error", "errors" -> {
          note(JsonFields.error(in));
        }
        default -> in.skipChildren();
      }
    }
    if (chosen.isPresent()) {
      take(chosen.get());
    }
    return answer;
  }

  /** The first error counts. */
  private void note(Optional<ErrorBody> stated) {
    if (error.isEmpty()) {
      error = stated;
    }
  }

  private void note(String reason) {
    note(Optional.of(ErrorBody.of("", reason)));
  }

  List<Part.ToolCall> toolCalls() {
    return calls.toolCalls();
  }

  /** Whether it was put together from chunks. */
  boolean isInPieces() {
    return deltas;
  }

  /** What is wrong with the answer as a whole, at the end of the body. */
  Optional<String> flaw(boolean isEndKnown) {
    if (!isEndKnown && finish.equals(FinishReason.UNKNOWN)) {
      return Optional.of("a stream that ended without a finish reason");
    }
    return calls.mixed().map(tool -> "the arguments of several calls of " + tool + " as one");
  }

  /** The choice that is the answer, or the next piece of it. */
  private Optional<ChatChoice> choices(JsonParser in, JsonToken start) {
    if (start != JsonToken.START_ARRAY) {
      in.skipChildren();
      return Optional.empty();
    }
    Optional<ChatChoice> chosen = Optional.empty();
    int place = 0;
    for (JsonToken at = in.nextToken();
        at != null && at != JsonToken.END_ARRAY;
        at = in.nextToken()) {
      if (at == JsonToken.START_OBJECT) {
        ChatChoice read = ChatChoice.read(in, place);
        boolean isKnown = chosen.isPresent() && chosen.get().index == 0;
        if (isKnown && read.index == 0) {
          refuseSecond(read);
        }
        if (chosen.isEmpty() || (!isKnown && read.index == 0)) {
          chosen = Optional.of(read);
        }
      } else {
        in.skipChildren();
      }
      place++;
    }
    // A chunk of another choice is no part of the answer; some servers count from 1 in an object.
    boolean isOther =
        chosen.isPresent()
            && chosen.get().index != 0
            && (isEvent || chosen.get().delta.isPresent());
    return isOther ? Optional.empty() : chosen;
  }

  /** Whether a second piece belongs to the same choice cannot be known. */
  private void refuseSecond(ChatChoice second) {
    if (second.delta.isPresent() && !second.delta.get().isEmpty()) {
      note("a chunk has two choices with index 0");
    }
  }

  private void take(ChatChoice one) {
    choice = true;
    if (one.delta.isPresent()) {
      ChatChoice.Content piece = one.delta.get();
      deltas = true;
      textInDeltas |= !piece.text.isEmpty();
      append(piece);
      kept += calls.add(piece.calls);
    }
    if (one.message.isPresent()) {
      messages = true;
      listed |= one.message.get().isList;
      whole(one.message.get(), one.delta.map(ChatChoice.Content::wholeText).orElse(""));
    }
    if (one.finish.isPresent()) {
      finish = finish.followedBy(FinishReason.of(one.finish.get()));
    }
    note(one.error);
    if (finish.equals(FinishReason.ERROR)) {
      note("the finish reason is " + one.finish.orElse("error"));
    }
  }

  private void append(ChatChoice.Content piece) {
    keep(piece.text, text);
    keep(piece.refusal, refusal);
    keep(piece.reasoning, reasoningText);
  }

  private void keep(List<String> deltas, ChatTextBuffer where) {
    for (int i = 0; i < deltas.size(); i++) {
      keep(deltas.get(i), where);
    }
  }

  /** A message; after deltas it is what they say together, and not more of it. */
  private void whole(ChatChoice.Content message, String delta) {
    if (!deltas) {
      append(message);
      kept += calls.addWhole(message.calls);
      return;
    }
    if (calls.isEmpty()) {
      kept += calls.addWhole(message.calls);
    }
    if (refusal.isEmpty()) {
      keep(message.refusal, refusal);
    }
    String all = message.wholeText();
    if (!textInDeltas) {
      keep(all, text);
      return;
    }
    String said = text.toString();
    if (all.length() > said.length() && all.startsWith(said)) {
      keep(all.substring(said.length()), text);
    } else if (!all.isBlank() && !all.equals(delta) && !all.strip().equals(said.strip())) {
      note("the message of the stream differs from its deltas");
    }
  }

  private void keep(String delta, ChatTextBuffer where) {
    where.append(delta);
    kept += ChatTextBuffer.bytes(delta);
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
          counted |= JsonFields.isCount(in, value);
          input = JsonFields.count(in, value);
        }
        case "completion_tokens" -> {
          counted |= JsonFields.isCount(in, value);
          output = JsonFields.count(in, value);
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
        found = JsonFields.count(in, value);
      } else {
        in.skipChildren();
      }
    }
    return found;
  }
}
