package dev.synthlab.llm;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The reason why a model stopped. The names that servers of other APIs use for the same reason are
 * read as those of the constants; a reason that is not known keeps its name.
 *
 * @param value of the provider, for example {@code stop}
 * @see <a href="https://platform.openai.com/docs/api-reference/chat/object">the chat completion
 *     object</a>
 */
public record FinishReason(String value) {
  /** The answer is complete. */
  public static final FinishReason STOP = new FinishReason("stop");

  /** The token limit was reached. */
  public static final FinishReason LENGTH = new FinishReason("length");

  /** The model calls tools. */
  public static final FinishReason TOOL_CALLS = new FinishReason("tool_calls");

  /** The content filter of the provider removed the text. */
  public static final FinishReason CONTENT_FILTER = new FinishReason("content_filter");

  /** The response has no reason. */
  public static final FinishReason UNKNOWN = new FinishReason("unknown");

  /** The server failed, and what it sent is no answer. */
  static final FinishReason ERROR = new FinishReason("error");

  private static final Map<FinishReason, List<String>> NAMES =
      Map.of(
          STOP,
          List.of("stop", "end_turn", "stop_sequence", "eos", "eos_token", "complete", "completed"),
          LENGTH,
          List.of(
              "length",
              "max_tokens",
              "max_output_tokens",
              "max_length",
              "model_length",
              "token_limit",
              "model_context_window_exceeded"),
          TOOL_CALLS,
          List.of("tool_calls", "tool_call", "tool_use", "function_call"),
          CONTENT_FILTER,
          List.of(
              "content_filter",
              "content_filtered",
              "safety",
              "image_safety",
              "recitation",
              "image_recitation",
              "prohibited_content",
              "image_prohibited_content",
              "blocklist",
              "spii",
              "model_armor",
              "sensitive",
              "refusal",
              "error_toxic",
              "guardrail_intervened"),
          ERROR,
          List.of(
              "error",
              "abort",
              "aborted",
              "cancelled",
              "network_error",
              "timeout",
              "time_limit",
              "insufficient_system_resource",
              "malformed_function_call"),
          UNKNOWN,
          List.of("", "null", "unknown", "unspecified"));

  private static final Map<String, FinishReason> BY_NAME = byName();

  private static Map<String, FinishReason> byName() {
    Map<String, FinishReason> all = new HashMap<>();
    NAMES.forEach((reason, names) -> names.forEach(name -> all.put(name, reason)));
    return all;
  }

  /** The reason of a response, by whichever name the server gives it. */
  static FinishReason of(String name) {
    FinishReason usual = BY_NAME.get(name);
    if (usual != null) {
      return usual;
    }
    String plain = name.strip().toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
    if (plain.startsWith("finish_reason_")) {
      plain = plain.substring("finish_reason_".length());
    }
    FinishReason known = BY_NAME.get(plain);
    if (known != null) {
      return known;
    }
    return plain.startsWith(CONTENT_FILTER.value) ? CONTENT_FILTER : new FinishReason(name.strip());
  }

  /** The reason of a stream that states several: one that says what is missing stands. */
  FinishReason followedBy(FinishReason later) {
    boolean stands = equals(ERROR) || equals(CONTENT_FILTER) || equals(LENGTH);
    boolean isGraver = later.equals(ERROR) || later.equals(CONTENT_FILTER);
    return later.equals(UNKNOWN) || (stands && !isGraver) ? this : later;
  }

  // It is compared for each part of a stream, where the generated method takes longer to warm up.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FinishReason that && value.equals(that.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return value;
  }
}
