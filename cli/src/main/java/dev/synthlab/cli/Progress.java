package dev.synthlab.cli;

import dev.synthlab.batch.BulkRun;
import dev.synthlab.batch.RunProgress;
import dev.synthlab.call.Timer;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.call.VirtualThreads;
import dev.synthlab.json.Json;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** Prints the progress of a run on stderr until it is closed. */
final class Progress implements AutoCloseable {
  private static final Duration BAR_EACH = Duration.ofMillis(250);
  private static final Duration LINE_EACH = Duration.ofSeconds(10);
  private static final Duration JSON_EACH = Duration.ofSeconds(2);
  private static final int BAR_CELLS = 24;

  private final BulkRun run;
  private final TrafficControl traffic;
  private final Style style;
  private final Timer timer = Timer.system();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread thread;
  private final int width;

  /** The forms of the progress. */
  @SuppressWarnings("JavaLangClash")
  enum Style {
    auto,
    bar,
    lines,
    json,
    none;

    Style settled(boolean drawable) {
      if (this != auto) {
        return this;
      }
      return drawable ? bar : lines;
    }
  }

  Progress(BulkRun run, TrafficControl traffic, Style style) {
    this.run = run;
    this.traffic = traffic;
    this.style = style;
    this.width = style == Style.bar ? Terminal.width() : 0;
    this.thread = VirtualThreads.start("synthlab-progress", this::show);
  }

  @Override
  public void close() {
    closed.set(true);
    thread.interrupt();
    StatusLine.SCREEN.erase();
  }

  private void show() {
    try {
      while (!closed.get()) {
        switch (style) {
          case bar -> {
            timer.pause(BAR_EACH);
            bar();
          }
          case lines -> {
            timer.pause(LINE_EACH);
            System.err.println(
                timer.now().truncatedTo(ChronoUnit.SECONDS) + " " + line(run.progress()));
          }
          case json -> {
            timer.pause(JSON_EACH);
            System.err.println(json(run.progress()));
          }
          case auto, none -> {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the run is over
    }
  }

  private void bar() {
    String text = barText(run.progress());
    synchronized (closed) {
      if (!closed.get()) {
        StatusLine.SCREEN.draw(text.length() < width ? text : text.substring(0, width - 1));
      }
    }
  }

  private String barText(RunProgress p) {
    double share = p.total() == 0 ? 0 : (double) p.done() / p.total();
    int filled = (int) (share * BAR_CELLS);
    return String.format(
        Locale.ROOT,
        "%d/%d %3d%% %s%s  %.1f/s  eta %s  answered %d%s  failed %d%s  tok %s/%s  %s",
        p.done(),
        p.total(),
        (int) (share * 100),
        "#".repeat(filled),
        ".".repeat(BAR_CELLS - filled),
        p.rate(),
        p.left().map(HumanFormat::clock).orElse("--:--"),
        p.answered(),
        HumanFormat.fromCache(p.cached()),
        p.failed(),
        waits(),
        HumanFormat.count(p.inputTokens()),
        HumanFormat.count(p.outputTokens()),
        HumanFormat.money(p.cost()));
  }

  private String waits() {
    TrafficControl.State now = traffic.state();
    String retrying = now.retrying() > 0 ? "  retrying " + now.retrying() : "";
    String waiting =
        now.maxPause().map(left -> "  waiting " + (left.toSeconds() + 1) + " s").orElse("");
    return retrying + waiting;
  }

  private String line(RunProgress p) {
    TrafficControl.State now = traffic.state();
    return String.format(
        Locale.ROOT,
        "%d/%d answered=%d cached=%d failed=%d rate=%.1f/s eta=%s retrying=%d wait=%s tokens=%d/%d"
            + " cost=%s",
        p.done(),
        p.total(),
        p.answered(),
        p.cached(),
        p.failed(),
        p.rate(),
        p.left().map(HumanFormat::clock).orElse("-"),
        now.retrying(),
        now.maxPause().map(left -> left.toSeconds() + 1 + "s").orElse("-"),
        p.inputTokens(),
        p.outputTokens(),
        p.cost().totalUsd().stripTrailingZeros().toPlainString());
  }

  private String json(RunProgress p) {
    TrafficControl.State now = traffic.state();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("time", timer.now().toString());
    all.put("done", p.done());
    all.put("total", p.total());
    all.put("answered", p.answered());
    all.put("cached", p.cached());
    all.put("failed", p.failed());
    all.put("in_flight", p.inFlight());
    all.put("retrying", now.retrying());
    all.put("waiting_seconds", now.maxPause().map(Duration::toSeconds).orElse(0L));
    all.put("rate", p.rate());
    all.put("eta_seconds", p.left().map(Duration::toSeconds).orElse(-1L));
    all.put("input_tokens", p.inputTokens());
    all.put("output_tokens", p.outputTokens());
    all.put("cost_usd", p.cost().totalUsd());
    all.put("unpriced", p.cost().unpriced());
    return Json.line(all);
  }
}
