package dev.synthlab.examples;

import dev.synthlab.external.ApiException;
import java.io.PrintStream;

/** Calls a service other than a model, with a client over the same call loop. */
final class AnotherService {
  private AnotherService() {}

  static void run(OpenMeteoClient weather, PrintStream out) {
    OpenMeteoClient.Now now = weather.now(59.91, 10.75).current();
    out.println("Oslo: " + now.celsius() + " °C");
    now.wind().ifPresent(wind -> out.println("wind: " + wind + " km/h"));
    try {
      weather.now(91, 0);
    } catch (ApiException.Rejected reason) {
      out.println(reason.status().orElse(0) + ": " + reason.text());
    }
  }

  public static void main(String[] args) {
    run(OpenMeteoClient.get(), System.out);
  }
}
