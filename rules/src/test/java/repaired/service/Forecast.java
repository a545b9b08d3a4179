package repaired.service;

import dev.synthlab.llm.LlmClient;
import java.util.ArrayList;
import java.util.List;
import repaired.infrastructure.WeatherClient;

/** Uses clients, and nothing else that leads outside. */
final class Forecast {
  private final WeatherClient weather;
  private final LlmClient llm;

  Forecast(WeatherClient weather, LlmClient llm) {
    this.weather = weather;
    this.llm = llm;
  }

  List<String> of(List<String> cities) throws InterruptedException {
    List<String> told = new ArrayList<>();
    for (String city : cities) {
      told.add(llm.complete("Say it kindly: " + weather.weather(city)));
    }
    return told;
  }
}
