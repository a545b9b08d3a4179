package dev.synthlab.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonCodecTest {
  enum Sky {
    CLEAR
  }

  record Day(String city, @JsonProperty("max") int high, Optional<Sky> sky, Optional<Day> next) {}

  record Broken(String part) {
    @Override
    public String part() {
      throw new IllegalStateException("no part");
    }
  }

  private static byte[] bytes(String json) {
    return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void readsWhatItWrites() throws JsonCodec.UnreadableException {
    Day day =
        new Day(
            "Tromsø",
            7,
            Optional.of(Sky.CLEAR),
            Optional.of(new Day("Oslo", 1, Optional.empty(), Optional.empty())));

    assertThat(JsonCodec.of(Day.class).read(JsonCodec.written(day))).isEqualTo(day);
    assertThat(JsonCodec.listOf(Day.class).read(JsonCodec.written(List.of(day))))
        .containsExactly(day);
  }

  @Test
  void ignoresUnknownMembersAndReadsMissingOptionalsAsEmpty() throws JsonCodec.UnreadableException {
    assertThat(JsonCodec.of(Day.class).read(bytes("{'city':'Oslo','max':1,'min':{}}")))
        .isEqualTo(new Day("Oslo", 1, Optional.empty(), Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "` \r\n\t`|the answer is empty|true",
        "null|the answer is null|false",
        "{'city':|the answer is no JSON|true",
        "<html>|the answer is no JSON|true",
        "[]|the answer does not fit Day|false",
        "{'city':'Oslo'}|\"max\" in the answer does not fit Day|false",
        "{'city':'Oslo','max':null}|\"max\" in the answer does not fit Day|false",
        "{'city':'Oslo','max':1.5}|\"max\" in the answer does not fit Day|false",
        "{'city':'Oslo','max':'1'}|\"max\" in the answer does not fit Day|false",
        "{'city':7,'max':1}|\"city\" in the answer does not fit Day|false",
        "{'city':true,'max':1}|\"city\" in the answer does not fit Day|false",
        "{'city':'a','max':1,'sky':0}|\"sky\" in the answer does not fit Day|false",
        "{'city':'a','max':1,'next':{'city':'b'}}|\"next.max\" in the answer does not fit Day|false",
      })
  void reportsWhatIsWrongAndWhetherTheTextIsIncomplete(String json, String message, boolean torn) {
    assertThatExceptionOfType(JsonCodec.UnreadableException.class)
        .isThrownBy(() -> JsonCodec.of(Day.class).read(bytes(json)))
        .withMessage(message)
        .satisfies(e -> assertThat(e.torn()).isEqualTo(torn));
  }

  @Test
  void namesATypeThatCannotBeWritten() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JsonCodec.written(new Broken("x")))
        .withMessage("a Broken cannot be written as JSON");
  }
}
