package dev.synthlab.batch;

import dev.synthlab.Internal;
import dev.synthlab.call.Timer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An estimate of a bulk run: it reads the whole input and an existing output, and writes and sends
 * nothing. It refuses what a run would refuse.
 *
 * <p>{@link #run()} is called once; {@link #seen()} may be called at any time by any thread.
 */
@Internal
public final class DryRun {
  private static final int MALFORMED_TOLD = 5;
  private static final int CHARACTERS_A_TOKEN = 4;
  private static final double OFF_BY = 0.2;

  /** The models that are counted separately; all others are counted as one. */
  private static final int MAX_MODELS = 1_000;

  private final BulkOptions options;
  private final BulkRun.Listener listener;
  private final RowTable table = new RowTable();
  private final RowStatuses statuses = new RowStatuses();
  private final RowParser parser;
  private final Map<String, Count> byModel = new LinkedHashMap<>();
  private final AtomicLong seen = new AtomicLong();
  private long malformed;

  private DryRun(BulkOptions options, BulkRun.Listener listener) {
    this.options = options;
    this.listener = listener;
    this.parser = new RowParser(options);
  }

  /**
   * Makes a dry run.
   *
   * @param options the options of the run
   * @param listener receives a note for each of the first malformed lines
   * @return a dry run that has not started
   */
  public static DryRun of(BulkOptions options, BulkRun.Listener listener) {
    return new DryRun(options, listener);
  }

  /**
   * The estimate.
   *
   * @param rows of the input, up to the limit
   * @param done rows that are not sent again
   * @param malformed rows that cannot become requests
   * @param shares the rows to send, by model
   */
  public record Estimate(long rows, long done, long malformed, List<Share> shares) {
    /** Keeps a copy. */
    public Estimate {
      shares = List.copyOf(shares);
    }

    /**
     * The requests that a run would send, without retries.
     *
     * @return rows that are neither done nor malformed
     */
    public long toSend() {
      return rows - done - malformed;
    }
  }

  /**
   * The rows for one model.
   *
   * @param model its name; empty when it is not known
   * @param rows the number of requests
   * @param inputLeast tokens sent, at least: a quarter of the characters, less a fifth
   * @param inputMax tokens sent, at most: a quarter of the characters, and a fifth
   * @param outputMax tokens that may come back, by the token limits of the rows
   * @param unbounded rows without a token limit
   */
  public record Share(
      String model, long rows, long inputLeast, long inputMax, long outputMax, long unbounded) {}

  /** The counters of one model. */
  private static final class Count {
    private long rows;
    private long characters;
    private long outputMax;
    private long unbounded;

    Share share(String model) {
      double tokens = (double) characters / CHARACTERS_A_TOKEN;
      return new Share(
          model,
          rows,
          Math.round(tokens * (1 - OFF_BY)),
          Math.round(tokens * (1 + OFF_BY)),
          outputMax,
          unbounded);
    }
  }

  /**
   * The number of rows read so far.
   *
   * @return grows while it runs
   */
  public long seen() {
    return seen.get();
  }

  /**
   * Reads the input.
   *
   * @return the estimate
   * @throws BatchException when a run could not start
   */
  public Estimate run() {
    BulkRun.requireReadable(options);
    try {
      Path kept = Files.createTempFile("synthlab-", ".rows");
      kept.toFile().deleteOnExit();
      try {
        return over(new InputSpool(options, new CompletableFuture<>()).input(kept));
      } finally {
        Files.deleteIfExists(kept);
      }
    } catch (IOException e) {
      throw new BatchException(
          BatchException.Kind.INPUT_UNREADABLE,
          "reading the input or the output failed: " + RunPreflight.reason(e),
          e);
    }
  }

  private Estimate over(InputFile input) throws IOException {
    Path out = input.path();
    if (options.output().target() instanceof BulkOptions.Target.File file
        && hasDirectory(file.path())) {
      OutputFiles files = OutputFiles.of(file.path(), options.output().format());
      RunPreflight.requireOtherThanInput(options, files);
      if (!RunCoordinator.isDevice(file.path())) {
        files.requireOwn();
      }
      out = files.out();
      if (OutputFiles.hasContent(out) && !options.output().fresh() && Files.isRegularFile(out)) {
        OutputJobFile.known(files, OutputJobFile.settings(options));
        new OutputIndex(files, table, statuses).look();
      }
    }
    RunStats stats = new RunStats(Timer.system(), statuses);
    new InputScan(input, out, table, statuses, options, seen::incrementAndGet)
        .into(stats, this::wanted);
    RunProgress found = stats.progress();
    List<Share> shares =
        byModel.entrySet().stream().map(each -> each.getValue().share(each.getKey())).toList();
    return new Estimate(found.total(), found.doneBefore(), malformed, shares);
  }

  private static boolean hasDirectory(Path out) {
    Path directory = out.toAbsolutePath().getParent();
    return directory != null && Files.isDirectory(directory);
  }

  private void wanted(Row.Key key, InputRows.Line line) {
    switch (parser.parse(key, line)) {
      case Row.Ready ready -> count(ready.body());
      case Row.Embed embed -> count(embed);
      case Row.Invalid invalid -> {
        malformed++;
        if (malformed <= MALFORMED_TOLD) {
          listener.note(invalid.reason());
        }
      }
    }
  }

  private Count ofModel(Optional<String> named) {
    String model = named.orElse("");
    if (byModel.size() >= MAX_MODELS && !byModel.containsKey(model)) {
      model = "other models";
    }
    return byModel.computeIfAbsent(model, name -> new Count());
  }

  private void count(Row.Embed row) {
    Count count = ofModel(row.model());
    count.rows++;
    count.characters += row.request().inputs().stream().mapToLong(String::length).sum();
  }

  private void count(Map<String, Object> body) {
    Count count = ofModel(RowParser.model(body));
    count.rows++;
    count.characters += characters(body.get("messages"));
    Object max = body.getOrDefault("max_completion_tokens", body.get("max_tokens"));
    if (max instanceof Number number) {
      count.outputMax += number.longValue();
    } else {
      count.unbounded++;
    }
  }

  /** The characters of all texts in the messages; images are not counted. */
  private static long characters(@Nullable Object part) {
    if (part instanceof String text) {
      return text.length();
    }
    if (part instanceof List<?> list) {
      return list.stream().mapToLong(DryRun::characters).sum();
    }
    return part instanceof Map<?, ?> map
        ? characters(map.get("content")) + characters(map.get("text"))
        : 0;
  }
}
