package dev.synthlab.llm;

import dev.synthlab.call.ErrorBody;
import dev.synthlab.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.JsonNode;

/**
 * One choice of a chat completion object or of a chunk. Content may be a text or a list of parts;
 * what the model only thought is kept apart from the text.
 */
final class ChatChoice {
  long index;
  Optional<Content> delta = Optional.empty();
  Optional<Content> message = Optional.empty();
  Optional<String> finish = Optional.empty();
  Optional<ErrorBody> error = Optional.empty();

  /** A message, or a piece of one. */
  static final class Content {
    final List<String> text = new ArrayList<>();
    final List<String> refusal = new ArrayList<>();
    final List<String> reasoning = new ArrayList<>();
    final List<ToolCallBuffer.Delta> calls = new ArrayList<>();

    /** Whether the content is something else than a text. */
    boolean isList;

    boolean isEmpty() {
      return text.isEmpty() && refusal.isEmpty() && reasoning.isEmpty() && calls.isEmpty();
    }

    String wholeText() {
      return String.join("", text);
    }
  }

  /** Reads a choice, whose index is its place in the list if it states none. */
  static ChatChoice read(JsonParser in, int place) {
    ChatChoice choice = new ChatChoice();
    choice.index = place;
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = in.currentName();
      JsonToken value = in.nextToken();
      switch (field) {
        case "index" -> choice.index = index(in, value, place);
        case "delta" -> choice.delta = content(in, value);
        case "message" -> choice.message = content(in, value);
        case "finish_reason" -> choice.finish = JsonFields.string(in, value);
        case "error" -> choice.error = JsonFields.error(in);
        default -> in.skipChildren();
      }
    }
    return choice;
  }

  /** The text of content that is a list of parts. */
  static String text(JsonNode list) {
    try (JsonParser in = Json.mapper().treeAsTokens(list)) {
      Content content = new Content();
      parts(in, in.nextToken(), content);
      return content.wholeText();
    }
  }

  private static long index(JsonParser in, JsonToken value, long other) {
    if (value != JsonToken.VALUE_NUMBER_INT) {
      in.skipChildren();
      return other;
    }
    return JsonFields.count(in, value);
  }

  private static Optional<Content> content(JsonParser in, JsonToken start) {
    if (start != JsonToken.START_OBJECT) {
      in.skipChildren();
      return Optional.empty();
    }
    Content content = new Content();
    List<String> reasoning = new ArrayList<>();
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = in.currentName();
      JsonToken value = in.nextToken();
      switch (field) {
        case "content" -> parts(in, value, content);
        case "refusal" -> texts(in, value, content.refusal);
        case "reasoning", "reasoning_content" -> {
          // Some servers send the same under both names.
          if (reasoning.isEmpty()) {
            texts(in, value, reasoning);
          } else {
            in.skipChildren();
          }
        }
        case "tool_calls" -> toolCalls(in, value, content);
        default -> in.skipChildren();
      }
    }
    content.reasoning.addAll(reasoning);
    return Optional.of(content);
  }

  private static void parts(JsonParser in, JsonToken value, Content content) {
    content.text.clear(); // the last of equal fields counts
    content.isList = value == JsonToken.START_ARRAY || value == JsonToken.START_OBJECT;
    switch (value) {
      case VALUE_STRING -> texts(in, value, content.text);
      case START_OBJECT -> part(in, content);
      case START_ARRAY -> {
        for (JsonToken at = in.nextToken(); isElement(at); at = in.nextToken()) {
          if (at == JsonToken.VALUE_STRING) {
            texts(in, at, content.text);
          } else if (at == JsonToken.START_OBJECT) {
            part(in, content);
          } else {
            in.skipChildren();
          }
        }
      }
      default -> in.skipChildren();
    }
  }

  private static boolean isElement(JsonToken token) {
    return token != null && token != JsonToken.END_ARRAY;
  }

  /** A part of a type that is not known is left out. */
  private static void part(JsonParser in, Content content) {
    String type = "text";
    List<String> text = new ArrayList<>();
    List<String> refusal = new ArrayList<>();
    List<String> thought = new ArrayList<>();
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = in.currentName();
      JsonToken value = in.nextToken();
      switch (field) {
        case "type" -> type = JsonFields.string(in, value).orElse(type);
        case "text" -> {
          text.clear();
          texts(in, value, text);
        }
        case "refusal" -> {
          refusal.clear();
          texts(in, value, refusal);
        }
        case "thinking", "reasoning", "summary" -> texts(in, value, thought);
        default -> in.skipChildren();
      }
    }
    switch (type.toLowerCase(Locale.ROOT)) {
      case "text", "output_text" -> content.text.addAll(text);
      case "refusal" -> content.refusal.addAll(refusal.isEmpty() ? text : refusal);
      case "thinking", "reasoning", "reasoning_text", "summary_text" ->
          content.reasoning.addAll(thought.isEmpty() ? text : thought);
      default -> {}
    }
  }

  /** A text, an object that has one, or a list of them. */
  private static void texts(JsonParser in, JsonToken value, List<String> into) {
    switch (value) {
      case VALUE_STRING -> {
        if (!in.getString().isEmpty()) {
          into.add(in.getString());
        }
      }
      case START_ARRAY -> {
        for (JsonToken at = in.nextToken(); isElement(at); at = in.nextToken()) {
          texts(in, at, into);
        }
      }
      case START_OBJECT -> {
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
          String field = in.currentName();
          JsonToken inner = in.nextToken();
          if (field.equals("text") || field.equals("value")) {
            texts(in, inner, into);
          } else {
            in.skipChildren();
          }
        }
      }
      default -> in.skipChildren();
    }
  }

  private static void toolCalls(JsonParser in, JsonToken start, Content content) {
    if (start != JsonToken.START_ARRAY) {
      in.skipChildren();
      return;
    }
    for (JsonToken at = in.nextToken(); isElement(at); at = in.nextToken()) {
      if (content.calls.size() == ToolCallBuffer.MAX_CALLS) {
        throw new StreamReadException(in, "more than " + ToolCallBuffer.MAX_CALLS + " tool calls");
      }
      if (at == JsonToken.START_OBJECT) {
        content.calls.add(toolCall(in));
      } else {
        in.skipChildren();
      }
    }
  }

  private static ToolCallBuffer.Delta toolCall(JsonParser in) {
    long index = -1;
    String id = "";
    String[] function = {"", ""};
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = in.currentName();
      JsonToken value = in.nextToken();
      switch (field) {
        case "index" -> index = index(in, value, -1);
        case "id" -> id = JsonFields.string(in, value).orElse("");
        case "function" -> function(in, value, function);
        default -> in.skipChildren();
      }
    }
    return new ToolCallBuffer.Delta(index, id, function[0], function[1]);
  }

  /** Sets the name and the arguments. */
  private static void function(JsonParser in, JsonToken start, String[] into) {
    if (start != JsonToken.START_OBJECT) {
      in.skipChildren();
      return;
    }
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = in.currentName();
      JsonToken value = in.nextToken();
      switch (field) {
        case "name" -> into[0] = JsonFields.string(in, value).orElse("");
        case "arguments" -> into[1] = arguments(in, value);
        default -> in.skipChildren();
      }
    }
  }

  /** JSON as text, as the API documents; some servers send the object itself. */
  private static String arguments(JsonParser in, JsonToken value) {
    if (value == JsonToken.START_OBJECT) {
      return JsonFields.tree(in).toString();
    }
    return JsonFields.string(in, value).orElse("");
  }
}
