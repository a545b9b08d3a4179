package dev.synthlab.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import de.siegmar.fastcsv.reader.CsvReader;
import dev.synthlab.call.Fault;
import dev.synthlab.call.Timer;
import dev.synthlab.json.Json;
import dev.synthlab.json.JsonSchema;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.FinishReason;
import dev.synthlab.llm.Problems;
import dev.synthlab.llm.PromptTemplate;
import dev.synthlab.llm.ResponseFormat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run makes of rows that are columns: CSV in, templates, CSV out. */
class TableRunTest {
  private static final String PEOPLE =
      """
      id,name,review
      1,Ann,"good, ""really"" good"
      2,Bob,"two
      lines"
      3,Cid,bad
      """;

  @TempDir Path directory;
  private Bulk bulk;

  @BeforeEach
  void prepare() throws IOException {
    bulk = new Bulk(directory);
    Files.writeString(bulk.in, PEOPLE);
  }

  private static InputFormat csv(String template) {
    return InputFormat.of(InputFormat.Kind.CSV).withTemplate(PromptTemplate.of(template));
  }

  private static Consumer<BulkOptions.Builder> asking(String template) {
    return options -> options.inputFormat(csv(template));
  }

  private static Consumer<BulkOptions.Builder> toTable(String template) {
    return options -> options.inputFormat(csv(template)).format(BulkOptions.Format.CSV);
  }

  private static void refused(BatchException.Kind kind, ThrowingCallable run, String... words) {
    assertThatExceptionOfType(BatchException.class)
        .isThrownBy(run)
        .satisfies(
            e -> {
              assertThat(e.kind()).isEqualTo(kind);
              assertThat(e).hasMessageContainingAll(words);
            });
  }

  private Path table() {
    return bulk.beside("out.csv");
  }

  private List<List<String>> rows() throws IOException {
    try (var reader = CsvReader.builder().ofCsvRecord(table())) {
      return reader.stream().map(row -> List.copyOf(row.getFields())).toList();
    }
  }

  @Test
  void sendsThePromptRenderedFromTheTemplateForEachRow() {
    bulk.run(asking("Of {{name}}: {{review}}").andThen(o -> o.concurrency(1)));

    assertThat(bulk.script.prompts())
        .containsExactly("Of Ann: good, \"really\" good", "Of Bob: two\nlines", "Of Cid: bad");
    assertThat(bulk.results().keySet()).containsExactly("1", "2", "3");
    assertThat(bulk.result("3").at("/synthlab/line").asInt()).isEqualTo(5);
  }

  @Test
  void usesThePromptColumnOnlyWithoutATemplate() throws IOException {
    Files.writeString(bulk.in, "prompt,body\nask,text\n");

    bulk.run(o -> o.inputFormat(InputFormat.of(InputFormat.Kind.CSV)).concurrency(1));
    bulk.run(asking("Read {{body}}").andThen(o -> o.fresh(true)));

    assertThat(bulk.script.prompts()).containsExactly("ask", "Read text");
  }

  @Test
  void reportsAMissingColumnBeforeAnyCall() throws IOException {
    refused(
        BatchException.Kind.MISSING_COLUMN,
        () -> bulk.run(asking("{{revue}}")),
        "line 1",
        "\"revue\"",
        "id, name, review");
    refused(
        BatchException.Kind.MISSING_COLUMN,
        () -> bulk.run(asking("{{name}}").andThen(o -> o.system("For {{shop}}"))),
        "\"shop\"");
    refused(
        BatchException.Kind.MISSING_COLUMN,
        () -> bulk.run(o -> o.inputFormat(csv("{{name}}").withIdColumn("key"))),
        "\"key\"",
        "--id");
    refused(
        BatchException.Kind.MISSING_COLUMN,
        () -> bulk.run(o -> o.inputFormat(InputFormat.of(InputFormat.Kind.CSV))),
        "\"prompt\"",
        "--template");

    assertThat(bulk.script.requests).isEmpty();
    assertThat(bulk.out).doesNotExist();
  }

  @Test
  void refusesAnInputInAnotherEncodingBeforeAnyCall() throws IOException {
    for (String charset : List.of("UTF-16LE", "windows-1252")) {
      String encoding = charset.equals("UTF-16LE") ? "is UTF-16" : "is not UTF-8 (line 2)";
      Files.write(bulk.in, "prompt\nnaïve\n".getBytes(Charset.forName(charset)));
      byte[] lines = "{\"prompt\":\"a\"}\n{\"prompt\":\"é\"}\n".getBytes(Charset.forName(charset));

      refused(
          BatchException.Kind.INPUT_UNREADABLE,
          () -> bulk.run(o -> o.inputFormat(InputFormat.of(InputFormat.Kind.CSV))),
          encoding,
          bulk.in.toString(),
          "save it as UTF-8; nothing was sent");
      Files.write(bulk.in, lines);
      refused(
          BatchException.Kind.INPUT_UNREADABLE,
          () -> bulk.run(o -> {}),
          encoding,
          bulk.in.toString());
      refused(
          BatchException.Kind.INPUT_UNREADABLE,
          () -> toStream(InputFormat.JSON_LINES, lines, new ByteArrayOutputStream()),
          "the input " + encoding);
    }

    assertThat(bulk.script.requests).isEmpty();
    assertThat(bulk.out).doesNotExist();
  }

  @Test
  void reportsAJsonLineWithoutAValueBeforeAnyCall() {
    InputFormat format = InputFormat.JSON_LINES.withTemplate(PromptTemplate.of("{{a.b}} {{c}}"));
    bulk.input("{\"a\":{\"b\":1},\"c\":\"x\"}", "", "{\"a\":{\"b\":1},\"c\":null}");

    refused(
        BatchException.Kind.MISSING_COLUMN,
        () -> bulk.run(o -> o.inputFormat(format)),
        "line 3",
        "{{c}}",
        "there is a, c");
    assertThat(bulk.script.requests).isEmpty();

    assertThat(bulk.run(o -> o.inputFormat(format).limit(1)).answered()).isEqualTo(1);
    assertThat(bulk.script.prompts()).containsExactly("1 x");
  }

  @Test
  void requiresNoColumnsForJsonRequestsUnlessTheTemplateUsesThem() {
    bulk.input(
        "{\"id\":1,\"prompt\":\"own\"}",
        "{\"id\":2,\"messages\":[{\"role\":\"user\",\"content\":\"talk\"}]}",
        "{\"id\":3,\"body\":\"a text\",\"x\":\"X\"}");

    bulk.run(
        o ->
            o.inputFormat(InputFormat.JSON_LINES.withTemplate(PromptTemplate.of("{{x}}")))
                .concurrency(1));
    bulk.input("{\"id\":1,\"prompt\":\"own\"}");
    bulk.run(
        o ->
            o.inputFormat(InputFormat.JSON_LINES.withTemplate(PromptTemplate.of("say {{prompt}}")))
                .fresh(true));

    assertThat(bulk.script.prompts()).containsExactly("own", "talk", "X", "say own");
  }

  @Test
  void treatsTheSystemMessageAsATemplateOnlyForTables() {
    bulk.run(asking("{{review}}").andThen(o -> o.system("You are {{name}}").concurrency(1)));
    bulk.input(Bulk.prompt("a", "x"));
    bulk.run(o -> o.system("You are {{name").fresh(true));

    assertThat(bulk.script.requests.stream().map(TableRunTest::system))
        .containsExactly("You are Ann", "You are Bob", "You are Cid", "You are {{name");
  }

  private static String system(CompletionRequest request) {
    List<?> messages = (List<?>) Objects.requireNonNull(request.body().get("messages"));
    return String.valueOf(((Map<?, ?>) messages.getFirst()).get("content"));
  }

  @Test
  void readsIdsFromTheNamedColumn() throws IOException {
    Files.writeString(bulk.in, "id,key\n1,a\n1,b\n");

    bulk.run(o -> o.inputFormat(csv("{{key}}").withIdColumn("key")));

    assertThat(bulk.results().keySet()).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void reportsTheLinesOfTwoRowsWithTheSameId() throws IOException {
    Files.writeString(bulk.in, "id,t\n1,\"x\ny\"\n2,z\n1,z\n");

    refused(BatchException.Kind.DUPLICATE_ID, () -> bulk.run(asking("{{t}}")), "lines 2 and 5");
  }

  @Test
  void recordsARowThatDoesNotFitTheHeaderAsFailedAndRunsTheOthers() throws IOException {
    Files.writeString(bulk.in, "a,b\n1\n2,3\n");

    Summary summary = bulk.run(asking("{{a}}"));

    assertThat(summary.failures()).isEqualTo(Map.of("invalid_line", 1L));
    assertThat(bulk.result("00000002").at("/error/message").asString())
        .isEqualTo("line 2: it has 1 fields, the header has 2");
    assertThat(bulk.errors()).hasContent("[\"1\"]\n");
    assertThat(bulk.script.prompts()).containsExactly("2");
    refused(
        BatchException.Kind.MALFORMED_LINE,
        () -> bulk.run(asking("{{a}}").andThen(o -> o.strict(true).fresh(true))),
        "line 2");
  }

  @Test
  void resumesWithTheSameTemplateAndRefusesAnother() throws IOException {
    bulk.run(asking("{{review}}").andThen(o -> o.limit(1)));

    Summary rest = bulk.run(asking("{{review}}"));

    assertThat(rest.ended()).isEqualTo(2);
    assertThat(bulk.run(asking("{{review}}")).upToDate()).isTrue();
    assertThat(bulk.script.requests).hasSize(3);
    refused(
        BatchException.Kind.SETTINGS_CHANGED,
        () -> bulk.run(asking("{{name}}")),
        "template was \"{{review}}\" and is now \"{{name}}\"");
    Files.writeString(bulk.in, PEOPLE.replace("bad", "worse"));
    refused(BatchException.Kind.INPUT_CHANGED, () -> bulk.run(asking("{{review}}")), "\"3\"");
  }

  @Test
  void runsTheErrorsFileAgainWithTheSameTemplate() throws IOException {
    Files.writeString(bulk.in, "name,review\nAnn,\"a \"\"b\"\"\"\nBob,fine\n");
    bulk.script.fails("a \"b\"", Fault.Kind.BAD_REQUEST);
    bulk.run(asking("{{review}}"));
    Path errors = Files.copy(bulk.errors(), directory.resolve("again.jsonl"));
    bulk.script.on("a \"b\"", request -> Script.answer("now"));
    BulkOptions again =
        BulkOptions.builder(errors, directory.resolve("again-out.jsonl"))
            .inputFormat(InputFormat.JSON_LINES.withTemplate(PromptTemplate.of("{{review}}")))
            .build();

    Summary summary = BulkRun.of(again, bulk.script, Timer.system(), note -> {}).run();

    assertThat(errors)
        .hasContent("{\"custom_id\":\"00000002\",\"name\":\"Ann\",\"review\":\"a \\\"b\\\"\"}\n");
    assertThat(summary.answered()).isEqualTo(1);
  }

  @Test
  void writesATableInTheOrderOfTheInputAndResumesIt() throws IOException {
    Files.writeString(
        bulk.in, "name,n,output\nAnn,1,old\n\"B, \"\"C\"\"\",2,old\nCid,3,old\nDee,4,old\n");
    bulk.script.on("1", request -> Script.answer("one,\n\"1\" \u001B"));
    bulk.script.fails("2", Script.withStatus(Fault.Kind.SERVER_FAILED, 500, "x"));
    bulk.begin(table(), toTable("{{n}}").andThen(o -> o.limit(3))).run();
    assertThat(rows()).hasSize(4);

    bulk.script.on("2", request -> Script.answer(" two"));
    bulk.begin(
            table(),
            toTable("{{n}}")
                .andThen(o -> o.retryFailed(BulkOptions.Retry.TRANSIENT).concurrency(1)))
        .run();

    assertThat(rows())
        .containsExactly(
            List.of("name", "n", "output", "error"),
            List.of("Ann", "1", "one,\n\"1\" \u001B", ""),
            List.of("B, \"C\"", "2", " two", ""),
            List.of("Cid", "3", "3", ""),
            List.of("Dee", "4", "4", ""));
    assertThat(bulk.beside("out.csv.jsonl.job.json")).exists();
    assertThat(bulk.script.requests).hasSize(5);
    Files.delete(table());
    assertThat(bulk.begin(table(), toTable("{{n}}")).run().upToDate()).isTrue();
    assertThat(rows()).hasSize(5);
  }

  @Test
  void writesIdsAndAllColumnsOfJsonLinesToATable() throws IOException {
    bulk.input(
        "{\"id\":\"a\",\"prompt\":\"x\",\"n\":1.10}",
        "{\"prompt\":\"y\",\"tags\":[\"t\"],\"n\":null}",
        "nonsense");

    bulk.begin(table(), o -> o.format(BulkOptions.Format.CSV).concurrency(1)).run();

    assertThat(rows())
        .containsExactly(
            List.of("custom_id", "id", "n", "tags", "output", "error"),
            List.of("a", "a", "1.10", "", "X", ""),
            List.of("00000002", "", "", "[\"t\"]", "Y", ""),
            List.of(
                "00000003",
                "",
                "",
                "",
                "",
                "invalid_line: line 3: not JSON: Unrecognized token 'nonsense'"));
  }

  @Test
  void refusesATableThatNoRunMadeUnlessFresh() throws IOException {
    Files.writeString(table(), "my,table\n");

    refused(
        BatchException.Kind.OUTPUT_FOREIGN,
        () -> bulk.begin(table(), toTable("{{name}}")).run(),
        "out.csv",
        "--fresh");
    bulk.begin(table(), toTable("{{name}}").andThen(o -> o.fresh(true))).run();

    assertThat(bulk.beside("out.csv.1")).hasContent("my,table\n");
    assertThat(rows()).hasSize(4);
    refused(
        BatchException.Kind.OUTPUT_IS_INPUT,
        () -> bulk.begin(bulk.in, toTable("{{name}}")).run(),
        "is the input");
  }

  @Test
  void writesTheHeaderFirstWhenATableIsStreamed() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    toStream(csv("{{review}}"), PEOPLE, out);

    assertThat(out.toString(StandardCharsets.UTF_8))
        .startsWith("id,name,review,output,error\n")
        .contains("3,Cid,bad,BAD,\n");
    refused(
        BatchException.Kind.OUTPUT_UNWRITABLE,
        () -> toStream(InputFormat.JSON_LINES, "{\"prompt\":\"x\"}", out),
        "--format jsonl");
  }

  private void toStream(InputFormat format, String in, ByteArrayOutputStream out) {
    toStream(format, in.getBytes(StandardCharsets.UTF_8), out);
  }

  private void toStream(InputFormat format, byte[] in, ByteArrayOutputStream out) {
    BulkOptions options =
        BulkOptions.builder(
                new BulkOptions.Source.Stream(new ByteArrayInputStream(in)),
                new BulkOptions.Target.Stream(out))
            .inputFormat(format)
            .format(BulkOptions.Format.CSV)
            .build();
    BulkRun.of(options, bulk.script, Timer.system(), note -> {}).run();
  }

  @Test
  void copiesEveryColumnOfATableIntoFlatLines() {
    bulk.run(asking("{{review}}").andThen(o -> o.format(BulkOptions.Format.JSONL)));

    assertThat(bulk.result("1").path("review").asString()).isEqualTo("good, \"really\" good");
    assertThat(Json.mapper().writeValueAsString(bulk.result("1"))).contains("\"name\":\"Ann\"");
  }

  @Test
  void writesTypedAnswersAsObjectsInFlatLinesAndAsColumnsInTables() throws IOException {
    JsonSchema schema = JsonSchema.shorthand("name, stars int, tags list of str");
    bulk.script.on("bad", r -> Script.answer("{\"name\":\"C\",\"stars\":1,\"tags\":[\"x\"]}"));
    bulk.script.on(
        "two\nlines",
        r -> Script.answer("{", FinishReason.STOP, Optional.of(Problems.refused("no"))));
    Consumer<BulkOptions.Builder> typed =
        asking("{{review}}").andThen(o -> o.schema(schema).concurrency(1));
    bulk.script.on("good, \"really\" good", r -> Script.answer("{\"name\":null,\"stars\":5}"));

    bulk.run(typed.andThen(o -> o.format(BulkOptions.Format.JSONL)));
    bulk.begin(table(), typed.andThen(o -> o.format(BulkOptions.Format.CSV))).run();

    assertThat(bulk.script.requests)
        .allMatch(r -> r.format().equals(new ResponseFormat.Schema(schema)));
    assertThat(bulk.result("3").at("/output/stars").asInt()).isEqualTo(1);
    assertThat(bulk.result("2").path("output").isNull()).isTrue();
    assertThat(bulk.result("2").at("/synthlab/partial").asString()).isEqualTo("no");
    assertThat(rows().getFirst())
        .containsExactly("id", "name", "review", "output.name", "stars", "tags", "error");
    assertThat(rows().get(1)).endsWith("", "5", "", "");
    assertThat(rows().get(2)).endsWith("", "", "", "refusal: " + "the model refused: no");
    assertThat(rows().get(3)).endsWith("C", "1", "[\"x\"]", "");
    refused(
        BatchException.Kind.SETTINGS_CHANGED,
        () -> bulk.run(asking("{{review}}").andThen(o -> o.format(BulkOptions.Format.JSONL))),
        "schema was");
  }

  @Test
  void doesNotApplyTheSchemaToARowWithItsOwnFormat() {
    bulk.input(
        "{\"body\":{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"
            + "\"response_format\":{\"type\":\"text\"}}}");

    bulk.run(o -> o.schema(JsonSchema.shorthand("name")).format(BulkOptions.Format.JSONL));

    assertThat(bulk.script.requests.getFirst().format()).isEqualTo(ResponseFormat.TEXT);
    assertThat(bulk.result("00000001").path("output").asString()).isEqualTo("X");
  }
}
