package dev.synthlab.llm;

import java.util.ArrayList;
import java.util.List;

/**
 * A conversation within a maximum number of tokens: the oldest turns are dropped first. System
 * messages and the newest turn always stay; a tool result is never kept without its call.
 * Immutable.
 *
 * @param rules the system and developer messages
 * @param turns the other messages, oldest turn first; each turn begins with a user message
 * @param budget the maximum number of tokens, estimated with four characters a token
 */
public record Conversation(List<Message> rules, List<List<Message>> turns, int budget) {
  private static final int TOKENS_AROUND_A_MESSAGE = 4;

  /** Keeps copies, and drops the oldest turns. */
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
   * @param tokens the maximum number of tokens
   * @return a conversation without messages
   */
  public static Conversation within(int tokens) {
    return new Conversation(List.of(), List.of(), tokens);
  }

  /**
   * The conversation with one more system message.
   *
   * @param text of the message
   * @return a new conversation
   */
  public Conversation system(String text) {
    return and(Message.system(text));
  }

  /**
   * The conversation with one more user message.
   *
   * @param text of the message
   * @return a new conversation
   */
  public Conversation user(String text) {
    return and(Message.user(text));
  }

  /**
   * The conversation with the answer of a completion. Tool calls that ran before the answer are not
   * added: they are not part of the completion.
   *
   * @param answer of the model
   * @return a new conversation
   */
  public Conversation and(Completion answer) {
    return and(answer.message());
  }

  /**
   * The conversation with one more message.
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
   * The messages of the conversation.
   *
   * @return the system messages, then the turns, oldest first
   */
  public List<Message> messages() {
    List<Message> all = new ArrayList<>(rules);
    turns.forEach(all::addAll);
    return all;
  }

  /**
   * A request with the messages of the conversation.
   *
   * @return a request
   */
  public CompletionRequest request() {
    return CompletionRequest.of(messages());
  }

  /**
   * The estimated number of tokens.
   *
   * @return tokens, with four characters a token
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
                      case Part.Image image -> ChatRequestBody.IMAGE_CHARACTERS;
                      case Part.ToolCall call -> call.tool().length() + call.arguments().length();
                      case Part.ToolResult result -> result.text().length();
                    })
            .sum();
    return Usage.tokens(characters) + TOKENS_AROUND_A_MESSAGE;
  }
}
