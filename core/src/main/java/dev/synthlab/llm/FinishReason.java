package dev.synthlab.llm;

/**
 * The reason why a model stopped.
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

  @Override
  public String toString() {
    return value;
  }
}
