package dev.synthlab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.synthlab.call.CallException;
import dev.synthlab.config.Environment;
import dev.synthlab.config.NetworkSettings;
import dev.synthlab.config.Variable;
import dev.synthlab.external.ApiClient;
import dev.synthlab.external.ApiException;
import dev.synthlab.external.ApiService;
import dev.synthlab.http.ConnectOptions;
import dev.synthlab.http.OkHttpTransport;
import dev.synthlab.json.Json;
import dev.synthlab.test.ManualTimer;
import dev.synthlab.testing.Encodings;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * Each variable that may hold a key has a key of its own; every command runs against servers that
 * repeat all keys in all encodings. No byte that is written, or sent where a key does not belong,
 * holds one. What it prints ends with the forms of a key that are not recognised.
 */
@Tag("canary")
@Timeout(1_200)
class CanaryTest {
  private static final String ADDRESS = "http:// or https:// address";
  private static final String OTEL_HEADERS = "OTEL_EXPORTER_OTLP_HEADERS";
  private static final String WEATHER_KEY = "WEATHER_API_KEY";

  /** Arguments of the commands that do nothing without; the others run with none. */
  private static final Map<String, String> ARGUMENTS =
      Map.ofEntries(
          Map.entry("run", "in.jsonl -o out.jsonl -c 4"),
          Map.entry("ask", "canary_TEXT_0_end -u"),
          Map.entry("extract", "canary_TEXT_0_end --schema name"),
          Map.entry("embed", "few.jsonl -o vectors.jsonl"),
          Map.entry("jobs", ""),
          Map.entry("jobs show", "1"),
          Map.entry("check", "classes"),
          Map.entry("new-client", "weather --base-url https://example.com/v1"),
          Map.entry("db backup", "copy.db"));

  @TempDir Path home;
  private final Map<String, String> keys = new LinkedHashMap<>();

  /** Which keys a server is sent rightly. */
  private final Map<String, Set<String>> allowedAt = new TreeMap<>();

  private final Map<String, Map<String, String>> forms = new HashMap<>();
  private final Map<String, Map<String, String>> passingForms = new HashMap<>();
  private final Set<String> passing = new TreeSet<>();
  private Echo echo;
  private EchoServer model;
  private EchoServer collector;
  private EchoServer proxy;
  private EchoServer database;
  private EchoServer service;

  @BeforeEach
  void plant() {
    for (Variable variable : Variable.values()) {
      if (holdsKey(variable)) {
        keys.put(
            variable.name(),
            "Canary-" + (7_301 + variable.ordinal()) + "/Xq" + variable.ordinal() + "+Zp");
      }
    }
    keys.put(OTEL_HEADERS, "Canary-9801/Otel+Zp");
    keys.put(WEATHER_KEY, "Canary-9901/Weather+Zp");
    echo = new Echo(alwaysSet());
    model = new EchoServer((head, body) -> echo.answer(body));
    proxy = new EchoServer((head, body) -> echo.answer(body));
    collector =
        new EchoServer((head, body) -> Echo.http(400, "No", "", "text/plain", "no: " + keys));
    database = new EchoServer((head, body) -> echo.refusedByDatabase(head));
    Echo ofService = new Echo(List.of(keys.get(WEATHER_KEY)));
    service = new EchoServer((head, body) -> ofService.answer(head));
  }

  @AfterEach
  void close() throws IOException {
    for (EchoServer each : List.of(model, collector, proxy, database, service)) {
      each.close();
    }
  }

  @Test
  void noKeyIsWrittenOrSentWhereItDoesNotBelong() throws IOException {
    prompts();

    int commands = runAllCommands() + runPlaces() + runAddresses() + runThroughProxy();
    String client = callService();

    assertThat(commands).isGreaterThan(40);
    assertThat(client).contains("ApiException", "****");
    assertThat(Files.readAllLines(home.resolve("out.jsonl")))
        .hasSizeGreaterThan(Echo.Place.values().length);
    for (EchoServer each : List.of(model, collector, proxy, database, service)) {
      assertThat(each.received()).isNotEmpty();
    }
    List<String> leaks = leaks();
    System.out.println(
        "canary: " + keys.size() + " keys, " + commands + " commands, " + leaks.size() + " leaks");
    passing.forEach(form -> System.out.println("passes: " + form));
    assertThat(leaks).isEmpty();
    assertThat(passing).containsExactlyInAnyOrderElementsOf(Encodings.passing("key").keySet());
  }

  private int runAllCommands() {
    List<List<String>> all = commands(Main.commandLine());
    all.forEach(command -> run(command, environment(false)));
    return all.size();
  }

  private int runPlaces() {
    Map<String, String> withOtel = environment(false);
    withOtel.put(OTEL_HEADERS, "x-otel=" + percentEncoded(keys.get(OTEL_HEADERS)));
    for (Echo.Place place : Echo.Place.values()) {
      run(List.of("ask", Echo.prompt(place, 3)), withOtel);
    }
    return Echo.Place.values().length;
  }

  /** A key in an address, and one under another name of its variable. */
  private int runAddresses() {
    int count = 0;
    for (Variable variable : Variable.values()) {
      if (variable.allowed().contains(ADDRESS)) {
        Map<String, String> one = environment(false);
        one.put(variable.name(), value(variable, keys.get(variable.name())));
        run(List.of("config", "show"), one);
        run(List.of("doctor"), one);
        count += 2;
      }
      for (String alias : keys.containsKey(variable.name()) ? variable.aliases() : List.of("")) {
        Map<String, String> one = environment(false);
        String given = one.remove(variable.name());
        if (given != null && !alias.isEmpty()) {
          one.put(alias, given);
          run(List.of("config", "show"), one);
          count++;
        }
      }
    }
    return count;
  }

  private int runThroughProxy() {
    List<String> commands =
        List.of("usage", "db status", "doctor", "ask canary_DENIED_0_end", "ask canary_TEXT_1_end");
    commands.forEach(command -> run(words(command), environment(true)));
    return commands.size();
  }

  /** A client of a service in this process: its exceptions, and what it logs. */
  private String callService() throws IOException {
    Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    root.addAppender(logged);
    StringWriter out = new StringWriter();
    ApiService weather = ApiService.named("weather");
    Map<String, String> variables =
        Map.of(
            "WEATHER_BASE_URL", "http://" + service.address(), WEATHER_KEY, keys.get(WEATHER_KEY));
    try (OkHttpTransport transport =
            new OkHttpTransport(ConnectOptions.of(NetworkSettings.direct()));
        ApiClient client =
            ApiClient.builder(weather)
                .settings(weather.settings(Environment.of(variables)))
                .transport(transport)
                .timer(ManualTimer.forSockets())
                .observer(report -> out.append(report.toString()).append('\n'))
                .build()) {
      for (Echo.Place place : Echo.Place.values()) {
        for (int slot = 0; slot < Echo.SLOTS; slot++) {
          call(client, Echo.prompt(place, slot).replace(' ', '_'), new PrintWriter(out));
        }
      }
    } finally {
      root.detachAppender(logged);
    }
    for (ILoggingEvent event : logged.list) {
      out.append(event.getFormattedMessage() + event.getKeyValuePairs() + "\n");
    }
    Files.writeString(home.resolve("service-client.txt"), out.toString());
    return out.toString();
  }

  private static void call(ApiClient client, String prompt, PrintWriter out) {
    try {
      out.println(client.get("/" + prompt).as(Map.class).size());
    } catch (CallException | ApiException e) {
      e.printStackTrace(out);
    }
    out.flush();
  }

  /** A server repeats only these: a process strikes out only the keys that it was given. */
  private List<String> alwaysSet() {
    List<String> all = new ArrayList<>();
    for (Variable variable : Variable.values()) {
      String key = keys.get(variable.name());
      if (key != null
          && variable != Variable.SYNTHLAB_LEDGER_URL
          && !variable.allowed().contains(ADDRESS)) {
        all.add(key);
      }
    }
    return all;
  }

  /** Whether a variable may hold a key, by its allowed values: so that a new kind is found. */
  private static boolean holdsKey(Variable variable) {
    String allowed = variable.allowed();
    return variable.secret() || allowed.contains("user:password") || allowed.contains(ADDRESS);
  }

  private Map<String, String> environment(boolean throughProxy) {
    Map<String, String> all = new TreeMap<>();
    for (Variable variable : Variable.values()) {
      String key = keys.get(variable.name());
      if (key != null && !variable.allowed().contains(ADDRESS)) {
        all.put(variable.name(), value(variable, key));
      }
    }
    all.put(WEATHER_KEY, keys.get(WEATHER_KEY));
    all.put("NO_PROXY", throughProxy ? "nowhere.example" : "127.0.0.1");
    if (!throughProxy) {
      all.remove("SYNTHLAB_LEDGER_URL"); // so the ledger is a file, which is scanned
    }
    all.put("OPENAI_BASE_URL", "http://" + model.address() + "/v1");
    all.put("PHOENIX_COLLECTOR_ENDPOINT", "http://" + collector.address());
    all.put("POSTGRES_SSL_MODE", "disable");
    all.put("SYNTHLAB_BACKOFF_MIN", "1ms");
    all.put("SYNTHLAB_BACKOFF_MAX", "2ms");
    all.put("SYNTHLAB_CALL_DEADLINE", "60s");
    all.put("SYNTHLAB_TRACE_SHUTDOWN", "1s");
    all.put("SYNTHLAB_THROTTLE", "off");
    all.put("SYNTHLAB_BREAKER", "off");
    all.put("SYNTHLAB_LEDGER_TEXTS", "on");
    all.put("SYNTHLAB_CACHE", "on");
    all.put("SYNTHLAB_DB_CONNECT_TIMEOUT", "1s");
    all.put("LOG_LEVEL", "trace");
    all.put("PHOENIX_ENABLED", "true");
    all.put(
        "JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + home.resolve("tmp") + " -Duser.home=" + home);
    all.put("HOME", home.toString());
    return all;
  }

  private String value(Variable variable, String key) {
    String allowed = variable.allowed();
    String inAddress = percentEncoded(key);
    if (allowed.contains("\"Name: value\"")) {
      return "X-Canary: " + key;
    } else if (allowed.contains("name=value")) {
      return "x-canary=" + inAddress;
    } else if (allowed.contains("postgres://")) {
      return "postgres://user:" + inAddress + "@" + database.address() + "/db";
    } else if (allowed.contains("HTTP proxy")) {
      return "http://user:" + inAddress + "@" + proxy.address();
    } else if (allowed.contains(ADDRESS)) {
      return "http://user:" + inAddress + "@" + model.address() + "/v1";
    } else if (allowed.contains("visible ASCII characters only")) {
      return key;
    }
    return fail("a new kind of secret: define how a key is put into " + variable);
  }

  private static String percentEncoded(String key) {
    return key.replace("/", "%2F").replace("+", "%2B");
  }

  private void prompts() throws IOException {
    Files.createDirectories(home.resolve("tmp"));
    Path classes = Files.createDirectories(home.resolve("classes"));
    try (InputStream one = CanaryTest.class.getResourceAsStream("Echo.class")) {
      Files.copy(Objects.requireNonNull(one), classes.resolve("Echo.class"));
    }
    List<String> rows = new ArrayList<>();
    for (Echo.Place place : Echo.Place.values()) {
      // A run stops at the first refusal of its key.
      for (int i = 0; i < (place == Echo.Place.DENIED ? 0 : Echo.SLOTS); i++) {
        String prompt = Echo.prompt(place, i);
        rows.add("{\"id\":\"" + place + i + "\",\"prompt\":\"" + prompt + "\",\"input\":\"x\"}");
      }
    }
    Files.write(home.resolve("in.jsonl"), rows);
    Files.write(home.resolve("few.jsonl"), rows.subList(0, Echo.SLOTS));
  }

  private static List<String> words(String command) {
    return Arrays.stream(command.split(" ")).map(word -> word.replace('_', ' ')).toList();
  }

  /** Every command that has none below it, from the command line itself. */
  private static List<List<String>> commands(CommandLine at) {
    List<List<String>> all = new ArrayList<>();
    add(at, List.of(), all);
    return all;
  }

  private static void add(CommandLine at, List<String> path, List<List<String>> all) {
    String name = String.join(" ", path);
    if (!path.isEmpty() && (at.getSubcommands().isEmpty() || ARGUMENTS.containsKey(name))) {
      List<String> whole = new ArrayList<>(path);
      Stream.of(ARGUMENTS.getOrDefault(name, "").split(" "))
          .filter(word -> !word.isEmpty())
          .map(word -> word.startsWith("canary_") ? word.replace('_', ' ') : word)
          .forEach(whole::add);
      all.add(whole);
    }
    at.getSubcommands()
        .forEach(
            (word, below) -> {
              List<String> longer = new ArrayList<>(path);
              longer.add(word);
              add(below, longer, all);
            });
  }

  private void run(List<String> command, Map<String, String> environment) {
    Synth synth = new Synth(home);
    environment.forEach(synth::with);
    long begin = System.nanoTime();
    Synth.Ended ended = synth.run(command.toArray(String[]::new));
    System.out.printf(
        "canary: exit %d in %d ms: %s%n",
        ended.exit(), (System.nanoTime() - begin) / 1_000_000, String.join(" ", command));
    assertThat(ended.exit()).as("%s: %s", command, ended.err()).isNotEqualTo(ExitCodes.INTERNAL);
  }

  /** Each place where a key was found, with its variable and the encoding. */
  private List<String> leaks() throws IOException {
    allowedAt.put("model", only("OPENAI_API_KEY", "SYNTHLAB_HEADERS", "OPENAI_BASE_URL"));
    allowedAt.put("collector", only("PHOENIX_", "OTEL_"));
    // A proxy of http addresses sees what passes through it.
    allowedAt.put(
        "proxy",
        only("_PROXY", "OPENAI_API_KEY", "SYNTHLAB_HEADERS", "OPENAI_BASE_URL", "PHOENIX_"));
    allowedAt.put("database", only("DATABASE_URL", "SYNTHLAB_LEDGER_URL"));
    allowedAt.put("service", only(WEATHER_KEY));
    Set<String> leaks = new TreeSet<>();
    scan("model", withoutEchoes(model.received()), leaks);
    scan("collector", collector.received(), leaks);
    scan("proxy", proxy.received(), leaks);
    scan("database", database.received(), leaks);
    scan("service", service.received(), leaks);
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = home.relativize(file).toString().replaceAll("\\d{5,}", "N");
        scan(name, Files.readAllBytes(file), leaks);
      }
    }
    return List.copyOf(leaks);
  }

  /** Without what the server said itself: a second round sends a server its own answer. */
  private byte[] withoutEchoes(byte[] received) {
    String rest = new String(received, StandardCharsets.UTF_8);
    for (int slot = 0; slot < Echo.SLOTS; slot++) {
      String said = Json.mapper().writeValueAsString(echo.repeated(slot));
      rest = rest.replace(said.substring(1, said.length() - 1), "");
    }
    return rest.getBytes(StandardCharsets.UTF_8);
  }

  private Set<String> only(String... parts) {
    return keys.keySet().stream()
        .filter(name -> Arrays.stream(parts).anyMatch(name::contains))
        .collect(Collectors.toSet());
  }

  private void scan(String place, byte[] bytes, Set<String> leaks) {
    String latin = new String(bytes, StandardCharsets.ISO_8859_1);
    String utf8 = new String(bytes, StandardCharsets.UTF_8);
    keys.forEach(
        (name, key) -> {
          if (!allowedAt.getOrDefault(place, Set.of()).contains(name)) {
            forms
                .computeIfAbsent(key, Encodings::ofLong)
                .forEach(
                    (encoding, form) -> {
                      if (holds(latin, utf8, form)) {
                        leaks.add(place + ": " + name + ", " + encoding);
                      }
                    });
            passingForms
                .computeIfAbsent(key, Encodings::passing)
                .forEach(
                    (encoding, form) -> {
                      if (!passing.contains(encoding) && holds(latin, utf8, form)) {
                        passing.add(encoding);
                      }
                    });
          }
        });
  }

  /** A form stands as it is or as a JSON string. */
  private static boolean holds(String latin, String utf8, String form) {
    if (StandardCharsets.US_ASCII.newEncoder().canEncode(form)) {
      String json = Json.mapper().writeValueAsString(form);
      return latin.contains(form) || latin.contains(json.substring(1, json.length() - 1));
    }
    return latin.contains(form) || utf8.contains(form);
  }
}
