package dev.synthlab.examples;

import dev.synthlab.json.Constraints;
import dev.synthlab.llm.ElementStream;
import dev.synthlab.llm.LlmClient;
import java.io.PrintStream;

/** Streams a list of records. */
final class TypedList {
  record City(String name, @Constraints(min = 0) int inhabitants) {}

  private TypedList() {}

  static void run(LlmClient llm, PrintStream out) {
    try (ElementStream<City> cities = llm.streamList("Three cities of Norway.", City.class)) {
      for (City city : cities) {
        out.println(city.name() + ": " + city.inhabitants());
      }
    }
  }

  public static void main(String[] args) {
    run(LlmClient.get(), System.out);
  }
}
