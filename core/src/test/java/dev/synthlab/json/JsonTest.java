package dev.synthlab.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void escapesControlCharactersWithoutChangingTheValue() {
    for (char c = 0; c < Character.MIN_SURROGATE; c++) {
      Map<String, String> value = Map.of("a", "<" + c + ">");

      String line = Json.line(value);

      assertThat(Json.mapper().readTree(line).path("a").asString()).isEqualTo(value.get("a"));
      boolean steers =
          c < ' '
              || (c >= 0x7f && c < 0xa0)
              || "\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e".indexOf(c) >= 0
              || (c >= '\u2066' && c <= '\u2069');
      assertThat(line.indexOf(c) >= 0).as("U+%04x", (int) c).isEqualTo(!steers);
    }
  }

  @Test
  void writesSurrogatePairsAndReplacesLoneSurrogates() {
    assertThat(Json.line("\ud83d\ude00 \ud83d \ude00 \ud83d"))
        .isEqualTo("\"\ud83d\ude00 \ufffd \ufffd \ufffd\"");
  }
}
