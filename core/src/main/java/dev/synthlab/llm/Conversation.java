package dev.synthlab.llm;

import java.util.ArrayList;
import java.util.List;

/**
 * A conversation that is kept short enough for a model: when it grows beyond its budget, the oldest
 * turns go first. The rules and the newest turn stay, whatever they cost; a tool's result never
 * stays without its call. Immutable.
 *
 * @param rules what holds for the whole conversation: system and developer messages
 * @param turns what was said, oldest first; each turn begins with a user's message
 * @param budget the most tokens, estimated by four characters each
 */
public record Conversation(List<Message> rules, List<List<Message>> turns, int budget) {
  private static final int TOKENS_AROUND_A_MESSAGE = 4;

  /** Keeps copies, and lets the oldest turns go. */
  public Conversation {
    if (budget < 1) {
      throw new IllegalArgumentException("budget must be at least 1, was " + budget);
    }
    rules = List.copyOf(rules);
    List<List<Message>> kept = new ArrayList<>(turns);
    while (kept.size() > 1 && tokens(rules, kept) > budget) {
      kept.removeFirst();
    }
    turns = kept.stream().map(List::copyOf).toList();
  }

  /**
   * An empty conversation.
   *
   * @param tokens the most it may have
   * @return a conversation to say something in
   */
  public static Conversation within(int tokens) {
    return new Conversation(List.of(), List.of(), tokens);
  }

  /**
   * The same conversation with one more rule.
   *
   * @param text what holds for the whole conversation
   * @return a new conversation
   */
  public Conversation system(String text) {
    return and(Message.system(text));
  }

  /**
   * The conversation after a question.
   *
   * @param text what was asked
   * @return a new conversation
   */
  public Conversation user(String text) {
    return and(Message.user(text));
  }

  /**
   * The conversation after an answer. Tools that ran for it are not told of: their calls and
   * results are not part of a completion.
   *
   * @param answer what the model said
   * @return a new conversation
   */
  public Conversation and(Completion answer) {
    return and(answer.message());
  }

  /**
   * The conversation after a message.
   *
   * @param message of any role
   * @return a new conversation
   */
  public Conversation and(Message message) {
    return switch (message.role()) {
      case SYSTEM, DEVELOPER -> {
        List<Message> more = new ArrayList<>(rules);
        more.add(message);
        yield new Conversation(more, turns, budget);
      }
      case USER -> {
        List<List<Message>> more = new ArrayList<>(turns);
        more.add(List.of(message));
        yield new Conversation(rules, more, budget);
      }
      case ASSISTANT, TOOL -> {
        List<List<Message>> more = new ArrayList<>(turns);
        List<Message> turn =
            more.isEmpty() ? new ArrayList<>() : new ArrayList<>(more.removeLast());
        turn.add(message);
        more.add(turn);
        yield new Conversation(rules, more, budget);
      }
    };
  }

  /**
   * All that is kept of it.
   *
   * @return the rules, then the turns, oldest first
   */
  public List<Message> messages() {
    List<Message> all = new ArrayList<>(rules);
    turns.forEach(all::addAll);
    return all;
  }

  /**
   * A request that goes on with it.
   *
   * @return all that is kept of it
   */
  public CompletionRequest request() {
    return CompletionRequest.of(messages());
  }

  /**
   * About how long it is.
   *
   * @return tokens, estimated by four characters each
   */
  public long tokens() {
    return tokens(rules, turns);
  }

  private static long tokens(List<Message> rules, List<List<Message>> turns) {
    long sum = 0;
    for (Message message : rules) {
      sum += tokens(message);
    }
    for (List<Message> turn : turns) {
      for (Message message : turn) {
        sum += tokens(message);
      }
    }
    return sum;
  }

  private static long tokens(Message message) {
    long characters =
        message.parts().stream()
            .mapToLong(
                part ->
                    switch (part) {
                      case Part.Text text -> text.text().length();
                      case Part.Image image -> ChatRequestBody.A_PICTURE;
                      case Part.ToolCall call -> call.tool().length() + call.arguments().length();
                      case Part.ToolResult result -> result.text().length();
                    })
            .sum();
    return Usage.tokens(characters) + TOKENS_AROUND_A_MESSAGE;
  }
}
