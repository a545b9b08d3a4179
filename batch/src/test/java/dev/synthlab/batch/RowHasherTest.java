package dev.synthlab.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scan of a line's bytes. */
class RowHasherTest {
  private final RowHasher scan = new RowHasher();

  private long hash(String line) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    scan.scan(bytes, 0, bytes.length);
    return scan.hash();
  }

  private String id(String line) {
    hash(line);
    return scan.id(7);
  }

  @Test
  void spellingDoesNotChangeTheHash() {
    long hash = hash("{\"a\":[1,{\"b\":\"é\\n/\"},null],\"c\":\"\uD83D\uDE00\"}");

    assertThat(
            hash(
                " { \"c\" : \"\\ud83d\\uDE00\" , \"a\" : [ 1 , {\"b\":\"\\u00e9\\u000a\\/\"} , null"
                    + " ] }\r"))
        .isEqualTo(hash);
    assertThat(hash("\uFEFF{\"\\u0061\":[1,{\"b\":\"é\\n/\"},null],\"c\":\"\uD83D\uDE00\"}"))
        .isEqualTo(hash);
  }

  @Test
  void everyChangeOfMeaningChangesTheHash() {
    String[] lines = {
      "{\"a\":\"xy\"}",
      "{\"a\":\"yx\"}",
      "{\"a\":[\"x\",\"y\"]}",
      "{\"a\":[\"y\",\"x\"]}",
      "{\"a\":{\"x\":\"y\"}}",
      "{\"a\":{\"y\":\"x\"}}",
      "{\"b\":\"xy\"}",
      "{\"a\":1}",
      "{\"a\":\"1\"}",
      "{\"a\":10}",
      "{\"a\":true}",
      "{\"a\":null}",
      "{}",
      "{\"a\":{}}",
      "{\"a\":[]}",
      "{\"a\":[[]]}",
      "{\"a\":[[],[]]}",
      "{\"a\":\"x\",\"b\":\"y\"}",
      "{\"a\":\"y\",\"b\":\"x\"}",
      "{\"a\":\"\"}",
      "{\"a\":\"xy\"",
      "{\"a\":\"xy\"}}",
      "{\"a\":\"xy\"} x",
      "{\"a\":\"\\\\n\"}",
      "{\"a\":\"\\n\"}"
    };
    Set<Long> hashes = new HashSet<>();

    for (String line : lines) {
      assertThat(hashes.add(hash(line))).as(line).isTrue();
    }
  }

  @Test
  void agreesWithJacksonOnRandomRowsInAnySpelling() {
    Random random = new Random(42);
    for (int i = 0; i < 2_000; i++) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("custom_id", text(random, 20));
      row.put("prompt", text(random, 2_000));
      row.put("n", random.nextInt());
      String plain = Json.mapper().writeValueAsString(row);
      StringBuilder escaped = new StringBuilder();
      plain
          .chars()
          .forEach(c -> escaped.append(c > 126 ? String.format("\\u%04x", c) : "" + (char) c));

      assertThat(id(plain)).isEqualTo(row.get("custom_id"));
      long hash = scan.hash();
      assertThat(hash(escaped.toString())).as(plain).isEqualTo(hash);
      assertThat(scan.id(7)).isEqualTo(row.get("custom_id"));
    }
  }

  private static String text(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(length); i >= 0; i--) {
      int kind = random.nextInt(6);
      text.appendCodePoint(
          switch (kind) {
            case 0 -> random.nextInt(0x20);
            case 1 -> "\"\\/{}[],:".charAt(random.nextInt(9));
            case 2 -> 0xA0 + random.nextInt(0x700);
            case 3 -> 0x1F600 + random.nextInt(40);
            default -> 'a' + random.nextInt(26);
          });
    }
    return text.toString();
  }

  @Test
  void scansArbitraryBytesWithoutFailing() {
    Random random = new Random(7);
    String row = "{\"custom_id\":\"a\\u00e9\\\\\\ud83d\\ude00\",\"b\":[1.5e3,{\"c\":null}]}";
    for (int i = 0; i < 50_000; i++) {
      byte[] bytes = row.getBytes(StandardCharsets.UTF_8);
      int cut = 1 + random.nextInt(bytes.length);
      for (int change = random.nextInt(4); change > 0; change--) {
        bytes[random.nextInt(bytes.length)] =
            (byte)
                (random.nextBoolean()
                    ? random.nextInt(256)
                    : "\"\\u{}[],:".charAt(random.nextInt(9)));
      }

      scan.scan(bytes, 0, cut);

      assertThat(scan.id(1)).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"custom_id\":\"a\",\"id\":\"b\"}",
        "{\"id\":\"b\",\"custom_id\":\"a\"}",
        "{\"x\":{\"custom_id\":\"no\"},\"custom_id\":\"a\"}",
        "{\"custom_id\":null,\"id\":\"a\"}",
        "{\"custom_id\":\"a\",\"prompt\":\"torn",
      })
  void findsTheId(String line) {
    assertThat(id(line)).isEqualTo("a");
    assertThat(scan.named()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"prompt\":\"x\"}",
        "{\"custom_id\":true,\"id\":\"a\"}",
        "[\"custom_id\",\"a\"]",
        "x"
      })
  void usesTheLineNumberIfThereIsNoId(String line) {
    assertThat(id(line)).isEqualTo("00000007");
  }

  @Test
  void survivesUnboundedNesting() {
    assertThat(id("{\"custom_id\":\"a\",\"b\":" + "[".repeat(200_000))).isEqualTo("a");
  }
}
