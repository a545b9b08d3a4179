package dev.synthlab.examples;

import dev.synthlab.json.Constraints;
import dev.synthlab.json.Description;
import dev.synthlab.llm.LlmClient;
import java.io.PrintStream;

/** Completes a prompt with a record that has constraints and descriptions. */
final class TypedRecord {
  enum Mood {
    CALM,
    ANNOYED
  }

  record Person(
      String name,
      @Constraints(min = 0, max = 120) int age,
      @Description("how they feel") Mood mood) {}

  private TypedRecord() {}

  static void run(LlmClient llm, PrintStream out) {
    Person person = llm.complete("Maria is 34 and hates the new checkout.", Person.class);
    out.println(person.name() + ", " + person.age() + ", " + person.mood());
  }

  public static void main(String[] args) {
    run(LlmClient.get(), System.out);
  }
}
