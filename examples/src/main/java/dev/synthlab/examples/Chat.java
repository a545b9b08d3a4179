package dev.synthlab.examples;

import dev.synthlab.llm.Completion;
import dev.synthlab.llm.Conversation;
import dev.synthlab.llm.LlmClient;
import java.io.PrintStream;
import java.util.List;

/** Keeps a conversation within a budget of tokens. */
final class Chat {
  private Chat() {}

  static void run(LlmClient llm, PrintStream out) {
    Conversation chat = Conversation.within(2_000).system("You are Maria, a nurse. Be brief.");
    for (String question : List.of("What is your name?", "And what do you do?")) {
      chat = chat.user(question);
      Completion answer = llm.ask(chat.request());
      chat = chat.and(answer);
      out.println(answer.text());
    }
    out.println(chat.messages().size() + " messages, about " + chat.tokens() + " tokens");
  }

  public static void main(String[] args) {
    run(LlmClient.get(), System.out);
  }
}
