package dev.synthlab.llm;

/**
 * Why a model stopped.
 *
 * @param value the provider's word
 * @see <a href="https://platform.openai.com/docs/api-reference/chat/object">the chat completion
 *     object</a>
 */
public record FinishReason(String value) {
  /** It had said all. */
  public static final FinishReason STOP = new FinishReason("stop");

  /** The token limit was reached. */
  public static final FinishReason LENGTH = new FinishReason("length");

  /** It asks for tools to be called. */
  public static final FinishReason TOOL_CALLS = new FinishReason("tool_calls");

  /** The provider's filter took the text away. */
  public static final FinishReason CONTENT_FILTER = new FinishReason("content_filter");

  /** The provider did not say. */
  public static final FinishReason UNKNOWN = new FinishReason("unknown");

  @Override
  public String toString() {
    return value;
  }
}
