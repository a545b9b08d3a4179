package dev.synthlab.cli;

import dev.synthlab.Synthlab;
import dev.synthlab.call.CallException;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.CallResult;
import dev.synthlab.cli.DoctorResult.State;
import dev.synthlab.config.Settings;
import dev.synthlab.config.Variable;
import dev.synthlab.json.Json;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.InternalCalls;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.Outcome;
import dev.synthlab.local.Weights;
import dev.synthlab.trace.PhoenixTracing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code doctor}: checks of the environment, with advice for each problem. */
@Command(
    name = "doctor",
    header = "Check API key, network, endpoint, embedded model, output directory and traces.",
    footer = {
      "",
      "Examples:",
      "  synthlab doctor",
      "  synthlab doctor --live     # also requests one token from the model",
      "  synthlab doctor --json",
      "",
      "Exit codes: 0 no problems, 4 a check failed."
    })
final class DoctorCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @Mixin private ModelOptions common = new ModelOptions();

  @Mixin private JsonOption json = new JsonOption();

  @Option(names = "--live", description = "Request one token from the model; this may cost money.")
  private boolean live;

  private final List<DoctorResult> results = new ArrayList<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Settings settings = common.settings();
    ignored(settings.environment().ignored());
    add(State.OK, "model", settings.llm().model(), origin(Variable.SYNTHLAB_DEFAULT_MODEL));
    if (settings.local().chosen()) {
      add(State.OK, "key", "not needed for the embedded model", "");
    } else {
      key(settings);
    }
    localModel(settings);
    directory(settings);
    if (!settings.local().chosen()) {
      network(settings);
      endpoint(settings);
    }
    if (settings.trace().on()) {
      traces(settings);
    }
    if (live) {
      live(settings);
    }
    report();
    boolean wrong = results.stream().anyMatch(f -> f.state() == State.FAIL);
    return wrong ? ExitCodes.CONFIGURATION : ExitCodes.OK;
  }

  private void ignored(List<String> names) {
    if (!names.isEmpty()) {
      add(
          State.NOTE,
          ".env",
          "ignored: " + String.join(", ", names),
          "a .env may not set this; if you trust the file, use --env-file .env");
    }
  }

  private void key(Settings settings) {
    Settings.Llm llm = settings.llm();
    if (llm.key().isPresent()) {
      String shown = llm.keyName() + " " + llm.key().get().lastFour();
      add(State.OK, "key", shown, origin(Variable.OPENAI_API_KEY));
    } else if ("api.openai.com".equals(llm.baseUrl().getHost())) {
      add(
          State.FAIL,
          "key",
          llm.keyName() + " is not set",
          "set it, use --local, or set OPENAI_BASE_URL to a server that needs no key");
    } else {
      add(State.NOTE, "key", "none is sent to " + llm.baseUrl().getAuthority(), "");
    }
  }

  private void network(Settings settings) throws InterruptedException {
    try (NetworkChecks checks = new NetworkChecks(settings, TIMEOUT)) {
      checks.settings().forEach(results::add);
      if (!keyIsMissing()) {
        checks.connection().forEach(results::add);
      }
    }
  }

  private boolean keyIsMissing() {
    return results.stream().anyMatch(f -> f.what().equals("key") && f.state() == State.FAIL);
  }

  private void endpoint(Settings settings) {
    if (keyIsMissing()) {
      add(
          State.NOTE,
          "endpoint",
          settings.llm().baseUrl().toString(),
          "not checked: there is no API key");
      return;
    }
    try (Synthlab layer = Synthlab.of(settings)) {
      CallResult<String> models = InternalCalls.of(layer.llm()).models(TIMEOUT);
      String url = settings.llm().baseUrl().toString();
      switch (models) {
        case CallResult.Answered<String> ok -> {
          boolean listed = ok.value().contains('"' + settings.llm().model() + '"');
          add(
              listed ? State.OK : State.NOTE,
              "endpoint",
              url + " answers in " + ok.report().elapsed().toMillis() + " ms",
              listed ? "" : "the server does not list the model " + settings.llm().model());
        }
        case CallResult.Failed<String> failed -> {
          boolean unlisted = failed.exception() instanceof CallException.NotFound;
          if (unlisted && hasChat(layer.llm())) {
            add(State.NOTE, "endpoint", url + " answers", "the server has no list of models");
          } else {
            add(
                State.FAIL,
                "endpoint",
                url + ": " + failed.exception().getMessage(),
                advice(failed.exception()));
          }
        }
      }
    }
  }

  /** Whether the address of chat completions exists: a missing model has a code. */
  private static boolean hasChat(LlmClient llm) {
    return switch (InternalCalls.of(llm).chatAddress(TIMEOUT)) {
      case CallResult.Answered<String> ok -> true;
      case CallResult.Failed<String> failed ->
          !(failed.exception() instanceof CallException.NotFound)
              || failed.fault().code().isPresent();
    };
  }

  private void traces(Settings settings) {
    String url = settings.trace().place().address().toString();
    String how = settings.trace().place().protocol().word();
    PhoenixTracing.unreachable(settings, TIMEOUT)
        .ifPresentOrElse(
            reason ->
                add(
                    State.FAIL,
                    "traces",
                    url + ": " + reason,
                    "check PHOENIX_COLLECTOR_ENDPOINT, PHOENIX_API_KEY, and that Phoenix runs"),
            () -> add(State.OK, "traces", url + " accepts spans over " + how, ""));
  }

  private static String advice(CallException reason) {
    return switch (reason) {
      case CallException.Authentication e -> "check the API key and its account";
      case CallException.NotFound e ->
          "the server has neither models nor chat/completions below this address: check OPENAI_BASE_URL";
      case CallException.TlsFailed e ->
          "check the URL and the system clock; SYNTHLAB_CA_FILE adds a certificate authority";
      case CallException.ConnectionFailed e -> "check the URL, the proxy, and that the server runs";
      case CallException.DeadlineExceeded e ->
          "the server does not respond, or a firewall drops the packets";
      case CallException.QuotaExceeded e -> "the quota of the account is used up";
      default -> "see the log of the server";
    };
  }

  private void localModel(Settings settings) {
    try {
      Optional<Path> file = Weights.present(settings.local());
      if (file.isPresent()) {
        add(State.OK, "local", file.get().toString(), "");
      } else {
        add(
            settings.local().chosen() ? State.NOTE : State.OK,
            "local",
            "not downloaded yet",
            "--local downloads 98 MB at its first use");
      }
    } catch (IOException e) {
      add(State.FAIL, "local", String.valueOf(e.getMessage()), "repair or delete this file");
    }
  }

  private void directory(Settings settings) {
    Path wanted = settings.paths().outputDirectory().toAbsolutePath();
    Path existing = wanted;
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (existing == null || !Files.isDirectory(existing) || !isWritable(existing)) {
      add(State.FAIL, "output", wanted + " cannot be written", "set SYNTHLAB_OUTPUT_DIR");
    } else {
      add(
          State.OK,
          "output",
          wanted.toString(),
          existing.equals(wanted) ? "" : "created when needed");
    }
  }

  private static boolean isWritable(Path directory) {
    try {
      Files.delete(Files.createTempFile(directory, ".synthlab", ".probe"));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void live(Settings settings) throws IOException, InterruptedException {
    LocalWeights.ensure(settings, common.quiet());
    try (Synthlab layer = Synthlab.of(settings)) {
      CompletionRequest one = CompletionRequest.of("Say hello.").withMaxTokens(1);
      switch (layer.llm().askOutcome(one)) {
        case Outcome.Answered<Completion> ok -> addAnswer(ok.value(), ok.report());
        case Outcome.Rejected<Completion> rejected ->
            addAnswer(rejected.exception().completion(), rejected.report());
        case Outcome.Failed<Completion> failed ->
            add(
                State.FAIL,
                "answer",
                failed.exception().getMessage() + "",
                advice(failed.exception()));
      }
    }
  }

  private void addAnswer(Completion answer, CallReport report) {
    long millis = report.elapsed().toMillis();
    add(State.OK, "answer", answer.respondedModel() + " in " + millis + " ms", "");
  }

  private String origin(Variable variable) {
    return common.environment().origin(variable).describe();
  }

  private void add(State state, String what, String found, String advice) {
    results.add(new DoctorResult(state, what, found, advice));
  }

  private void report() {
    if (json.isOn()) {
      List<Map<String, String>> all = new ArrayList<>();
      for (DoctorResult check : results) {
        Map<String, String> one = new LinkedHashMap<>();
        one.put("check", check.what());
        one.put("state", check.state().name().toLowerCase(java.util.Locale.ROOT));
        one.put("found", check.found());
        one.put("advice", check.advice());
        all.add(one);
      }
      Main.stdout().println(Json.line(Map.of("checks", all)));
    } else {
      for (DoctorResult f : results) {
        String advice = f.advice().isEmpty() ? "" : " -> " + f.advice();
        Main.stdout().printf("%s  %-8s  %s%s%n", f.state().shown(), f.what(), f.found(), advice);
      }
    }
    Main.stdout().flush();
  }
}
