package dev.synthlab.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.synthlab.json.Json;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reader of CSV. */
class InputCsvReaderTest {
  @TempDir Path directory;

  /** A record as it came. */
  private record Seen(int line, String json, String problem) {}

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("rows.csv"), text);
  }

  private static List<Seen> read(InputCsvReader records) throws IOException {
    List<Seen> seen = new ArrayList<>();
    try (records) {
      while (records.next()) {
        String json = new String(records.bytes(), 0, records.to(), StandardCharsets.UTF_8);
        seen.add(new Seen(records.number(), json, records.problem().orElse("")));
      }
    }
    return seen;
  }

  private List<Seen> read(String text) throws IOException {
    return read(InputCsvReader.open(file(text), OptionalInt.empty()));
  }

  @Test
  void readsQuotesNewlinesDelimitersAndAnyLineEnd() throws IOException {
    List<Seen> rows =
        read(
            "\uFEFFa, b \r\n"
                + "\"one \"\"two\"\"\",\"x,\r\n"
                + "y\"\r\n\r\n"
                + "3' 5\",back\\slash\n\n"
                + ",é\u0001\r"
                + "last,\"\"");

    assertThat(rows)
        .containsExactly(
            new Seen(2, "{\"a\":\"one \\\"two\\\"\",\"b\":\"x,\\r\\ny\"}", ""),
            new Seen(5, "{\"a\":\"3' 5\\\"\",\"b\":\"back\\\\slash\"}", ""),
            new Seen(7, "{\"a\":\"\",\"b\":\"é\\u0001\"}", ""),
            new Seen(8, "{\"a\":\"last\",\"b\":\"\"}", ""));
  }

  @Test
  void returnsARecordThatDoesNotFitTheHeaderAsAnArrayWithAReason() throws IOException {
    List<Seen> rows = read("a,b\n1\n1,2,3\n\"x\"y,2\n1,2\n");

    assertThat(rows)
        .containsExactly(
            new Seen(2, "[\"1\"]", "it has 1 fields, the header has 2"),
            new Seen(3, "[\"1\",\"2\",\"3\"]", "it has 3 fields, the header has 2"),
            new Seen(4, "[\"xy\",\"2\"]", "text follows the closing quote of field 1"),
            new Seen(5, "{\"a\":\"1\",\"b\":\"2\"}", ""));
  }

  @Test
  void generatesNamesForUnnamedColumns() throws IOException {
    try (InputCsvReader records = InputCsvReader.open(file(",a,\n1,2,3\n"), OptionalInt.empty())) {
      assertThat(records.columns()).contains(List.of("column_1", "a", "column_3"));
    }
  }

  @Test
  void ignoresEmptyRowsAndTrailingFieldsOfSpreadsheets() throws IOException {
    List<Seen> rows = read("a,b,,\n1,2,,\n,,,\n3,4\n5,6,7,,,\n,,,,,\n8\n1,2,3,4,5\n");

    assertThat(rows)
        .containsExactly(
            new Seen(2, "{\"a\":\"1\",\"b\":\"2\",\"column_3\":\"\",\"column_4\":\"\"}", ""),
            new Seen(4, "{\"a\":\"3\",\"b\":\"4\",\"column_3\":\"\",\"column_4\":\"\"}", ""),
            new Seen(5, "{\"a\":\"5\",\"b\":\"6\",\"column_3\":\"7\",\"column_4\":\"\"}", ""),
            new Seen(7, "[\"8\"]", "it has 1 fields, the header has 4"),
            new Seen(8, "[\"1\",\"2\",\"3\",\"4\",\"5\"]", "it has 5 fields, the header has 4"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a;b\n1;x, y\n2;z",
        "sep=;\r\na;b\r\n1;x, y\r\n2;z",
        "\uFEFF\"sep=;\"\na;b\n1;\"x, y\"\n2;z",
        "SEP=|\na|b\n1|x, y\n2|z\n",
        "a\tb\n1\tx, y\n2\tz\n",
        "a|b\n\n1|\"x, y\"\n2|z\n",
        "a,b\n1,\"x, y\"\n2,z\n"
      })
  void detectsTheSeparator(String text) throws IOException {
    assertThat(read(text))
        .extracting(Seen::json)
        .containsExactly("{\"a\":\"1\",\"b\":\"x, y\"}", "{\"a\":\"2\",\"b\":\"z\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a,b\n1;2;3,x;y\n4,5;6\n",
        "a,\"b\"\n1;2;3,x;y\n4,5;6\n",
        "a,b\n1;2;3,x;y\n4,5;6\nno row\n"
      })
  void detectsCommasInAFileThatAlsoHasManySemicolons(String text) throws IOException {
    assertThat(read(text))
        .extracting(Seen::json)
        .startsWith("{\"a\":\"1;2;3\",\"b\":\"x;y\"}", "{\"a\":\"4\",\"b\":\"5;6\"}");
  }

  @Test
  void countsTheSepLineAndPrefersTheSeparatorOfTheCaller() throws IOException {
    Path file = file("sep=;\na,b\n1,2\n");

    assertThat(read(InputCsvReader.open(file, OptionalInt.of(','))))
        .containsExactly(new Seen(3, "{\"a\":\"1\",\"b\":\"2\"}", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a,a\n1,2\n;two columns \"a\"",
        "a,b\n1,\"2\n3,4\n;a quote on line 2 that never closes",
        "a,\"b\n;a quote on line 1 that never closes",
        "\"a\"b,c\n;cannot be read"
      })
  void refusesInputThatWouldLoseRows(String textAndReason) {
    String text = textAndReason.substring(0, textAndReason.indexOf(';'));
    String reason = textAndReason.substring(textAndReason.indexOf(';') + 1);

    assertThatExceptionOfType(BatchException.class)
        .isThrownBy(() -> read(text))
        .withMessageContaining(reason)
        .withMessageContaining("rows.csv");
  }

  @Test
  void refusesOtherEncodings() throws IOException {
    for (String charset : List.of("UTF-16", "UTF-16LE", "UTF-16BE", "ISO-8859-1")) {
      Path file =
          Files.write(directory.resolve("x.csv"), "a,b\n1,é\n".getBytes(Charset.forName(charset)));

      assertThatExceptionOfType(BatchException.class)
          .as(charset)
          .isThrownBy(() -> InputCsvReader.open(file, OptionalInt.empty()))
          .withMessageContaining("save it as UTF-8");
    }
  }

  @Test
  void buffersOnlyTheBeginningOfARecordThatIsTooLong() throws IOException {
    Path file = file("id,b\n7,\"" + "x\n".repeat(500_000) + "\"\n8,y\n");

    try (InputCsvReader records = InputCsvReader.open(file, OptionalInt.empty(), 1_000)) {
      assertThat(records.next()).isTrue();
      assertThat(records.tooLong()).isTrue();
      assertThat(records.to()).isLessThanOrEqualTo(1_000);
      RowHasher scan = new RowHasher();
      scan.scan(records);
      assertThat(scan.id(2)).isEqualTo("7");
      assertThat(records.next()).isTrue();
      assertThat(records.tooLong()).isFalse();
      assertThat(records.number()).isEqualTo(500_003);
      assertThat(records.next()).isFalse();
    }
  }

  @Test
  void readsEveryTableAsFastCsvDoes() throws IOException {
    Random random = new Random(20261124);
    for (int table = 0; table < 300; table++) {
      char delimiter = table % 3 == 0 ? '\t' : ',';
      int columns = 2 + random.nextInt(5);
      StringBuilder text = new StringBuilder(header(columns, delimiter));
      for (int row = 0; row < (table == 0 ? 20_000 : 20); row++) {
        text.append(row(random, columns, delimiter));
      }
      Path file = file(text.toString());

      List<List<String>> ours = new ArrayList<>();
      for (Seen seen : read(InputCsvReader.open(file, OptionalInt.of(delimiter)))) {
        assertThat(seen.problem()).isEmpty();
        ours.add(Json.mapper().readTree(seen.json()).valueStream().map(v -> v.asString()).toList());
      }

      assertThat(ours).isEqualTo(theirs(file, delimiter));
    }
  }

  private static String header(int columns, char delimiter) {
    StringBuilder header = new StringBuilder("c0");
    for (int i = 1; i < columns; i++) {
      header.append(delimiter).append('c').append(i);
    }
    return header.append('\n').toString();
  }

  private static String row(Random random, int columns, char delimiter) {
    String[] fields = new String[columns];
    for (int i = 0; i < columns; i++) {
      int length = random.nextInt(12);
      StringBuilder field = new StringBuilder();
      for (int j = 0; j < length; j++) {
        field.append("ab é\u0002\\😀\"\n\r,\t".charAt(random.nextInt(13)));
      }
      String value = field.toString().replaceAll("[\uD800-\uDFFF]", "s");
      boolean plain =
          value.chars().noneMatch(c -> c == '"' || c == '\n' || c == '\r' || c == delimiter);
      fields[i] = plain && random.nextBoolean() ? value : '"' + value.replace("\"", "\"\"") + '"';
    }
    return String.join(String.valueOf(delimiter), fields) + (random.nextBoolean() ? "\r\n" : "\n");
  }

  private static List<List<String>> theirs(Path file, char delimiter) throws IOException {
    try (CsvReader<CsvRecord> reader =
        CsvReader.builder().fieldSeparator(delimiter).ofCsvRecord(file)) {
      return reader.stream()
          .skip(1)
          .map(CsvRecord::getFields)
          .map(List::copyOf)
          .filter(fields -> fields.stream().anyMatch(field -> !field.isEmpty()))
          .toList();
    }
  }

  @Test
  void computesTheSameHashForARowInCsvAndInJsonLines() throws IOException {
    RowHasher csv = new RowHasher();
    RowHasher json = new RowHasher();
    byte[] line = "{\"b\":\"x\\ty\",\"a\":\"1\"}".getBytes(StandardCharsets.UTF_8);
    json.scan(line, 0, line.length);

    try (InputCsvReader records = InputCsvReader.open(file("a,b\n1,x\ty\n"), OptionalInt.empty())) {
      records.next();
      csv.scan(records);
    }

    assertThat(csv.hash()).isEqualTo(json.hash());
    assertThat(Arrays.asList(csv.named(), json.named())).containsOnly(false);
  }
}
