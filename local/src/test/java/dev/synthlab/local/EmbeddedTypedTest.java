package dev.synthlab.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.config.Settings;
import dev.synthlab.http.Transport;
import dev.synthlab.json.Constraints;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.ElementStream;
import dev.synthlab.llm.LlmClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The real model fills records, by the verbs that are used with every other. */
@Timeout(60)
class EmbeddedTypedTest {
  private static Transport transport;
  private static LlmClient client;

  enum Kind {
    CAT,
    DOG
  }

  record Pet(Kind kind, @Constraints(min = 0, max = 30) int years, boolean old) {}

  @BeforeAll
  static void open() throws Exception {
    Local.weights();
    Settings settings = Local.settings(Optional.empty(), Local.CACHE, 1, 200);
    transport = new LocalTransportProvider(Local.QUIET).open(settings);
    client = LlmClient.builder().settings(settings.llm()).transport(transport).build();
  }

  @AfterAll
  static void close() {
    transport.close();
  }

  @Test
  void fillsARecord() {
    Pet pet = client.complete("Rex is a dog. He is 3 years old.", Pet.class);

    assertThat(pet.kind()).isIn(Kind.CAT, Kind.DOG);
    assertThat(pet.years()).isBetween(0, 30);
  }

  @Test
  void streamsAListOfRecords() {
    CompletionRequest request =
        CompletionRequest.of("Rex is a dog of 3 years, Tom is a cat of 5 years.")
            .withTemperature(0)
            .withMaxTokens(400);
    List<Pet> pets = new ArrayList<>();

    try (ElementStream<Pet> stream = client.streamList(request, Pet.class)) {
      for (Pet pet : stream) {
        pets.add(pet);
        if (pets.size() == 2) {
          break;
        }
      }
    }

    assertThat(pets).isNotEmpty().allMatch(pet -> pet.years() <= 30);
  }
}
