package dev.synthlab.cli;

import dev.synthlab.json.Json;
import dev.synthlab.llm.Model;
import dev.synthlab.llm.ModelCatalogue;
import dev.synthlab.logging.Redactor;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The command {@code models}: the catalogue of models with parameters and prices. */
@Command(
    name = "models",
    header = "Show the catalogue of models: limits, capabilities and prices.",
    footer = {
      "",
      "Prices are US dollars per million tokens. SYNTHLAB_MODELS_FILE names a file with more models.",
      "",
      "Examples:",
      "  synthlab models",
      "  synthlab models gpt-5",
      "  synthlab models gpt-4o-mini --json",
      "",
      "Exit codes: 0 found, 2 no such model, 4 a setting is invalid."
    })
final class ModelsCommand implements Callable<Integer> {
  private static final int NEAREST = 5;

  @Mixin private CommonOptions common = new CommonOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "Name of a model, to show its details, or a part of names, to list the models.")
  private @Nullable String name;

  @Mixin private JsonOption json = new JsonOption();

  @Override
  public Integer call() {
    ModelCatalogue catalogue =
        common
            .settings()
            .llm()
            .modelsFile()
            .map(file -> ModelCatalogue.bundled().with(file))
            .orElseGet(ModelCatalogue::bundled);
    String request = name == null ? "" : name.strip();
    Optional<Model> one = request.isEmpty() ? Optional.empty() : catalogue.find(request);
    List<Model> shown = one.map(List::of).orElseGet(() -> containing(catalogue, request));
    if (shown.isEmpty()) {
      throw new UsageException(
          "the catalogue has no model "
              + request
              + "; similar names are "
              + String.join(", ", nearest(catalogue, request))
              + ". A model that is not in the catalogue can be used, without a price;"
              + " SYNTHLAB_MODELS_FILE adds models");
    }
    PrintStream out = Main.stdout();
    if (json.isOn()) {
      out.println(json(catalogue, shown));
    } else if (one.isPresent()) {
      detail(one.get()).forEach((what, value) -> print(out, "%-16s %s".formatted(what, value)));
    } else {
      table(shown).forEach(out::println);
      out.println(shown.size() + " models, source: " + Redactor.printableLine(catalogue.source()));
    }
    out.flush();
    return ExitCodes.OK;
  }

  private static List<Model> containing(ModelCatalogue catalogue, String part) {
    String wanted = part.toLowerCase(Locale.ROOT);
    return catalogue.models().stream()
        .filter(model -> model.name().toLowerCase(Locale.ROOT).contains(wanted))
        .toList();
  }

  /** The names with the longest common beginning. */
  private static List<String> nearest(ModelCatalogue catalogue, String request) {
    return catalogue.models().stream()
        .map(Model::name)
        .sorted(
            Comparator.<String>comparingInt(known -> commonPrefix(known, request))
                .reversed()
                .thenComparingInt(String::length)
                .thenComparing(Comparator.naturalOrder()))
        .limit(NEAREST)
        .toList();
  }

  private static int commonPrefix(String one, String other) {
    int at = 0;
    while (at < Math.min(one.length(), other.length())
        && Character.toLowerCase(one.charAt(at)) == Character.toLowerCase(other.charAt(at))) {
      at++;
    }
    return at;
  }

  private static List<String> table(List<Model> models) {
    TextTable table =
        new TextTable("<>>>><<")
            .row("MODEL", "CONTEXT", "OUTPUT", "$/M IN", "$/M OUT", "SHUT-OFF", "SUPPORTS");
    for (Model model : models) {
      table.row(
          model.name(),
          count(model.contextWindow()),
          count(model.maxOutput()),
          model.price().map(price -> million(price.input())).orElse("unpriced"),
          model.price().map(price -> million(price.output())).orElse("unpriced"),
          model.shutOff().map(Object::toString).orElse("-"),
          supports(model, ", "));
    }
    return table.lines();
  }

  private static void print(PrintStream out, String line) {
    out.println(Redactor.printableLine(line).stripTrailing());
  }

  private static String count(OptionalLong tokens) {
    return tokens.isPresent() ? HumanFormat.count(tokens.getAsLong()) : "-";
  }

  private static String million(BigDecimal price) {
    BigDecimal plain = price.movePointRight(6).stripTrailingZeros();
    return plain.setScale(Math.max(2, plain.scale())).toPlainString();
  }

  private static String supports(Model model, String between) {
    return model.abilities().stream()
        .filter(ability -> ability != Model.Ability.SYSTEM_MESSAGES)
        .filter(ability -> ability != Model.Ability.SAMPLING)
        .map(ModelsCommand::word)
        .collect(Collectors.joining(between));
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static Map<String, String> detail(Model model) {
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("model", model.name());
    lines.put("provider", model.provider().isEmpty() ? "-" : model.provider());
    lines.put("kind", word(model.kind()));
    lines.put("context", tokens(model.contextWindow()));
    lines.put("max output", tokens(model.maxOutput()));
    if (model.vectorSize().isPresent()) {
      lines.put("vector", String.valueOf(model.vectorSize().getAsInt()));
    }
    lines.put("price", model.price().map(ModelsCommand::price).orElse("unpriced"));
    model
        .longPrice()
        .ifPresent(
            tier ->
                lines.put("above " + HumanFormat.count(tier.above()) + " in", price(tier.price())));
    lines.put("supports", model.abilities().isEmpty() ? "-" : supports(model, ", "));
    lines.put("efforts", model.efforts().isEmpty() ? "-" : String.join(", ", model.efforts()));
    model.defaultEffort().ifPresent(effort -> lines.put("default effort", effort));
    lines.put("shut-off", model.shutOff().map(Object::toString).orElse("-"));
    return lines;
  }

  private static String tokens(OptionalLong count) {
    return count.isPresent() ? count.getAsLong() + " tokens" : "-";
  }

  private static String price(Model.Price price) {
    return "$"
        + million(price.input())
        + " in, $"
        + million(price.cached())
        + " cached, $"
        + million(price.output())
        + " out per million tokens";
  }

  private static String json(ModelCatalogue catalogue, List<Model> models) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Model model : models) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", model.name());
      one.put("provider", model.provider());
      one.put("kind", model.kind().name().toLowerCase(Locale.ROOT));
      model.contextWindow().ifPresent(tokens -> one.put("context_window", tokens));
      model.maxOutput().ifPresent(tokens -> one.put("max_output", tokens));
      model.vectorSize().ifPresent(size -> one.put("vector_size", size));
      model.price().ifPresent(price -> one.put("usd_per_million", prices(price)));
      model
          .longPrice()
          .ifPresent(
              tier -> {
                one.put("long_above", tier.above());
                one.put("long_usd_per_million", prices(tier.price()));
              });
      one.put("supports", model.abilities().stream().map(ModelsCommand::word).toList());
      one.put("efforts", model.efforts());
      model.defaultEffort().ifPresent(effort -> one.put("default_effort", effort));
      model.shutOff().ifPresent(day -> one.put("shut_off", day.toString()));
      all.add(one);
    }
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("source", catalogue.source());
    whole.put("models", all);
    return Json.line(whole);
  }

  private static Map<String, BigDecimal> prices(Model.Price price) {
    Map<String, BigDecimal> prices = new LinkedHashMap<>();
    prices.put("input", new BigDecimal(million(price.input())));
    prices.put("cached", new BigDecimal(million(price.cached())));
    prices.put("output", new BigDecimal(million(price.output())));
    return prices;
  }
}
