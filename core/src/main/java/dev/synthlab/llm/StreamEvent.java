package dev.synthlab.llm;

/**
 * What a stream hands out: pieces of text and of reasoning as they arrive, the tool calls of an
 * answer when it is complete, and at last the whole answer. Immutable.
 *
 * <pre>{@code
 * switch (event) {
 *   case StreamEvent.TextDelta delta -> screen.append(delta.text());
 *   case StreamEvent.ReasoningDelta thought -> notes.append(thought.text());
 *   case StreamEvent.ToolCall asked -> log.info("the model calls {}", asked.call().tool());
 *   case StreamEvent.Completed end -> meter.add(end.completion().usage());
 * }
 * }</pre>
 */
public sealed interface StreamEvent {

  /**
   * The next piece of the text.
   *
   * @param text not empty
   */
  record TextDelta(String text) implements StreamEvent {}

  /**
   * The next piece of what the model thinks; it is no part of the text. What was thought before the
   * first text comes together with it, because an attempt that fails until then is made again.
   *
   * @param text not empty
   */
  record ReasoningDelta(String text) implements StreamEvent {}

  /**
   * A tool call, with all of its arguments. A tool that was offered with its action runs after this
   * event, and the texts of the next answer follow.
   *
   * @param call identifier, tool and arguments
   */
  record ToolCall(Part.ToolCall call) implements StreamEvent {}

  /**
   * The last event of every stream that did not break.
   *
   * @param completion the whole answer; {@link Completion#orThrow()} tells whether it was refused
   *     or filtered
   */
  record Completed(Completion completion) implements StreamEvent {}
}
