package dev.synthlab.examples;

import dev.synthlab.json.Description;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.Tool;
import java.io.PrintStream;

/** Lets the model call a Java method. */
final class Tools {
  @Description("The weather of a city, now.")
  record Weather(@Description("its English name") String city) {}

  private Tools() {}

  static void run(LlmClient llm, PrintStream out) {
    Tool weather = Tool.of("weather", Weather.class, request -> request.city() + ": rain, 8 °C");
    out.println(llm.complete("Do I need an umbrella in Oslo?", weather));
  }

  public static void main(String[] args) {
    run(LlmClient.get(), System.out);
  }
}
