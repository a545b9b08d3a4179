package dev.synthlab.cli;

import static dev.synthlab.test.Replies.chat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.cli.Synth.Ended;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables and templates on the command line. */
class TableCommandTest {
  private static final String[] PEOPLE = {
    "id,name,review", "1,Ann,\"good, ", "really\"", "2,Bob,bad"
  };

  @TempDir private Path directory = Path.of("");
  private Synth synth = new Synth(directory);
  private ScriptedServer server = ScriptedServer.inTurn(chat("hello"));

  @BeforeEach
  void begin() {
    synth = new Synth(directory);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Synth against(Reply... replies) {
    server.close();
    server = ScriptedServer.inTurn(replies);
    return synth.with("OPENAI_BASE_URL", server.base().toString());
  }

  private String bodies() {
    return server.seen().stream().map(seen -> seen.body()).toList().toString();
  }

  @Test
  void fillsATemplateFromATableAndWritesATable() {
    synth.file("in.csv", PEOPLE);
    synth.file("prompt.txt", "Of {{name}}: {{review}}");

    Ended ended =
        against(chat("a, \"b\""))
            .run(
                "run", "in.csv", "-o", "out.csv", "--template", "@prompt.txt", "-s", "I am {{id}}");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(bodies()).contains("Of Ann: good, \\nreally\"", "I am 2");
    assertThat(synth.lines("out.csv"))
        .containsExactly(
            "id,name,review,output,error",
            "1,Ann,\"good, ",
            "really\",\"a, \"\"b\"\"\",",
            "2,Bob,bad,\"a, \"\"b\"\"\",");
    assertThat(
            synth
                .run(
                    "run",
                    "in.csv",
                    "-o",
                    "out.csv",
                    "--template",
                    "prompt.txt",
                    "-s",
                    "I am {{id}}")
                .err())
        .contains("nothing to do");
    assertThat(server.seen()).hasSize(2);
  }

  @Test
  void readsATableFromAPipeInTheNamedFormat() {
    synth.file("in", "id\ttext", "1\tone", "2\t\"two\t2\"");
    List<String> piped = List.of("bash", "-c", "exec \"$@\" < in", "bash");

    Ended ended =
        against(chat("x"))
            .start(
                piped,
                "run",
                "-",
                "-o",
                "-",
                "--input-format",
                "tsv",
                "--template",
                "{{text}}",
                "--format",
                "csv",
                "-c",
                "1")
            .end();

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.out()).isEqualTo("id,text,output,error\n1,one,x,\n2,two\t2,x,\n");
  }

  @Test
  void readsTablesSavedByLocalisedSpreadsheets() {
    synth.file("in.csv", "sep=;", "id;text;;", "1;x, y;;", ";;;");
    against(chat("x"));

    Ended ended =
        synth.run("run", "in.csv", "-o", "-", "--template", "{{text}}", "--format", "csv");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.out()).isEqualTo("id,text,column_3,column_4,output,error\n1,\"x, y\",,,x,\n");
  }

  @Test
  void refusesTextsInOtherEncodingsBeforeAnythingIsSent() throws IOException {
    against(chat("x"));
    byte[] utf16 = "Say {{text}}\n".getBytes(StandardCharsets.UTF_16LE);
    Files.write(synth.path("template.txt"), utf16);
    synth.file("in.csv", "text", "x");
    List<String> piped = List.of("bash", "-c", "exec \"$@\" < template.txt", "bash");

    Ended run = synth.run("run", "in.csv", "-o", "out.jsonl", "--template", "@template.txt");
    Ended ask = synth.start(piped, "ask").end();
    Ended embed = synth.run("embed", "template.txt", "-o", "out.jsonl");

    for (Ended each : List.of(run, ask, embed)) {
      assertThat(each.exit()).as(each.err()).isEqualTo(2);
      assertThat(each.err()).contains("is UTF-16; save it as UTF-8");
    }
    assertThat(server.seen()).isEmpty();
  }

  @Test
  void refusesInvalidOptionsBeforeAnythingIsSent() {
    synth.file("in.csv", PEOPLE);
    against(chat("x"));
    Map<List<String>, String> wrong = new LinkedHashMap<>();
    wrong.put(List.of("--template", "{{revue}}"), "no column \"revue\"");
    wrong.put(List.of("--template", "{{revue"), "character 1");
    wrong.put(List.of("--template", "@none.txt"), "no such file");
    wrong.put(List.of("--template", "none.txt"), "no such file, and as text: it names no column");
    wrong.put(List.of("--template", "none"), "--template: it names no column");
    wrong.put(List.of(), "no column \"prompt\"");
    wrong.put(List.of("--template", "{{name}}", "--id", "key"), "no column \"key\"");
    wrong.put(List.of("--template", "{{name}}", "--input-format", "xml"), "--input-format");
    wrong.put(List.of("--template", "{{name}}", "--delimiter", "\""), "--delimiter");
    wrong.put(List.of("--template", "{{name}}", "--delimiter", ";"), "no column \"name\"");
    wrong.put(List.of("--input-format", "jsonl", "--delimiter", ";"), "--input-format csv");

    wrong.forEach(
        (options, sentence) -> {
          List<String> words = new java.util.ArrayList<>(List.of("run", "in.csv", "-o", "out.csv"));
          words.addAll(options);
          Ended ended = synth.run(words.toArray(String[]::new));

          assertThat(ended.exit()).as(sentence).isEqualTo(2);
          assertThat(ended.err()).contains(sentence);
        });

    assertThat(synth.run("run", "in.csv", "--template", "{{name}}").err()).contains("-o");
    assertThat(synth.run("run", "in.csv", "-o", "-", "--ordered").err())
        .contains("--ordered needs a results file");
    assertThat(server.seen()).isEmpty();
    assertThat(synth.path("out.csv")).doesNotExist();
  }

  @Test
  void estimatesARunWithoutSendingOrWritingAnything() {
    synth.file("in.csv", PEOPLE);
    against(chat("x"));
    synth.with("OPENAI_BASE_URL", "");

    Ended ended =
        synth.run(
            "run",
            "in.csv",
            "-o",
            "sub/out.csv",
            "--template",
            "{{name}} {{review}} 1234567890",
            "--dry-run",
            "--max-tokens",
            "100",
            "--rpm",
            "1",
            "-m",
            "some-model");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.out())
        .contains("2: 2 to send, 0 done, 0 malformed")
        .contains("some-model: 2 rows")
        .contains("at most 200 tokens")
        .contains("unpriced")
        .contains("at least 2m00s by --rpm 1");
    assertThat(server.seen()).isEmpty();
    assertThat(synth.path("sub")).doesNotExist();
  }

  @Test
  void refusesADryRunThatTheRunWouldRefuseForAnUnknownPrice() {
    synth.file("in.jsonl", "{\"prompt\":\"x\"}");

    Ended dry =
        synth.run(
            "run", "in.jsonl", "-o", "o.jsonl", "--dry-run", "--max-cost", "1", "-m", "unpriced");

    assertThat(dry.exit()).isEqualTo(5);
    assertThat(dry.err()).contains("what an answer of unpriced may cost is not known");
  }

  @Test
  void countsDoneAndMalformedRowsInADryRun() {
    synth.file("in.jsonl", "{\"prompt\": \"abcd\"}", "{\"prompt\": \"efgh\"}", "nonsense");
    against(chat("x")).run("run", "in.jsonl", "-o", "out.jsonl", "--limit", "1");
    List<String> before = synth.lines("out.jsonl");

    Ended ended = synth.run("run", "in.jsonl", "-o", "out.jsonl", "--dry-run");
    Ended other = synth.run("run", "in.jsonl", "-o", "out.jsonl", "--dry-run", "-m", "other");

    assertThat(ended.exit()).isZero();
    assertThat(ended.out())
        .contains("3: 1 to send, 1 done, 1 malformed", "1 rows have no --max-tokens");
    assertThat(ended.err()).contains("line 3");
    assertThat(other.exit()).isEqualTo(2);
    assertThat(other.err()).contains("other");
    assertThat(synth.lines("out.jsonl")).isEqualTo(before);
    assertThat(server.seen()).hasSize(1);
  }

  @Test
  void writesTypedAnswersOfATableAndFailsRowsThatDoNotFit() {
    synth.file("in.csv", "id,review", "1,good", "2,bad");
    String[] options = {
      "run",
      "in.csv",
      "-o",
      "out.csv",
      "--template",
      "{{review}}",
      "-c",
      "1",
      "--schema",
      "mood, stars int"
    };

    Ended ended =
        against(
                chat("Sure: {\"mood\": \"fine\", \"stars\": 5}"),
                chat("{\"mood\": \"sad\"}"),
                chat("{\"mood\": \"sad\"}"))
            .run(options);

    assertThat(ended.exit()).as(ended.err()).isEqualTo(3);
    assertThat(synth.lines("out.csv").subList(0, 2))
        .containsExactly("id,review,mood,stars,error", "1,good,fine,5,");
    assertThat(synth.lines("out.csv").get(2)).startsWith("2,bad,,,structured_output: ");
    assertThat(synth.lines("out.csv.jsonl").getLast()).contains("\"partial\":\"{\\\"mood");
    assertThat(server.seen()).hasSize(3);
  }

  @Test
  void extractsOneObjectFromStdin() {
    synth.file("text", "Rex is 3");
    List<String> piped = List.of("bash", "-c", "exec \"$@\" < text", "bash");

    Ended ended =
        against(chat("```json\n{\"name\": \"Rex\", \"age\": 3}\n```"))
            .start(piped, "extract", "Who?", "--schema", "name, age int", "-s", "Be brief")
            .end();

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.out()).isEqualTo("{\"name\":\"Rex\",\"age\":3}\n");
    assertThat(bodies()).contains("Rex is 3\\n\\nWho?", "Be brief", "json_schema");
  }

  @Test
  void listsTheViolationsOfAFailedExtraction() {
    synth.file(
        "dog.json",
        "{\"type\":\"object\",\"required\":[\"age\"],\"properties\":{\"age\":{\"type\":\"integer\"}}}");

    Ended ended = against(chat("{\"age\": \"old\"}")).run("extract", "Rex", "--schema", "dog.json");

    assertThat(ended.exit()).isEqualTo(3);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).contains("does not fit", "$.age");
    assertThat(server.seen()).hasSize(2);
    assertThat(synth.run("extract", "Rex", "--schema", "@none").exit()).isEqualTo(2);
    assertThat(synth.run("extract", "Rex").err()).contains("--schema");
  }

  @Test
  void refusesASchemaThatIsMissingOrNotOfAnObject() {
    Ended missing = synth.run("extract", "Rex", "--schema", "nofile.json");
    Ended list = synth.run("extract", "Rex", "--schema", "{\"type\":\"array\"}");

    assertThat(List.of(missing, list)).allMatch(ended -> ended.exit() == 2);
    assertThat(missing.err()).contains("nofile.json, but there is no such file");
    assertThat(list.err()).contains("must describe an object, was array");
  }
}
