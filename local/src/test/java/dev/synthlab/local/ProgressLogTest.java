package dev.synthlab.local;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@Timeout(60)
class ProgressLogTest {
  private static final long MB = 1_000_000;

  @TempDir Path directory;

  private final List<String> lines = new ArrayList<>();
  private long seconds;
  private final ProgressLog progress =
      new ProgressLog(lines::add, () -> TimeUnit.SECONDS.toNanos(seconds));

  @Test
  void writesTheStartAtOnceThenALineInTwoSecondsAndTheEnd() {
    progress.moved("model.test", 0, 98 * MB);
    progress.moved("model.test", 1 * MB, 98 * MB);
    seconds = 1;
    progress.moved("model.test", 10 * MB, 98 * MB);
    seconds = 2;
    progress.moved("model.test", 20 * MB, 98 * MB);
    seconds = 3;
    progress.moved("model.test", 98 * MB, 98 * MB);
    progress.moved("model.test", 98 * MB, 98 * MB);

    assertThat(lines)
        .containsExactly(
            "downloading the embedded model, once, from model.test: 0 of 98 MB",
            "downloading the embedded model, once, from model.test: 20 of 98 MB",
            "downloading the embedded model, once, from model.test: 98 of 98 MB");
  }

  @Test
  void writesALineWhileNoBytesArrive() {
    progress.moved("model.test", 0, 98 * MB);
    seconds = 2;
    progress.moved("model.test", 0, 98 * MB);

    assertThat(lines).hasSize(2);
  }

  @Test
  void writesANewSourceAtOnce() {
    progress.moved("model.test", 0, 98 * MB);
    progress.moved("pip", 0, 98 * MB);

    assertThat(lines).hasSize(2).last().asString().contains("from pip: 0 of 98 MB");
  }

  @Test
  void writesToTheLogIfALoggerIsBound() {
    Logger logger = (Logger) LoggerFactory.getLogger(ProgressLog.class);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.addAppender(appender);
    try {
      new ProgressLog().moved("model.test", 0, 98 * MB);
    } finally {
      logger.detachAppender(appender);
    }

    assertThat(appender.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("downloading the embedded model, once, from model.test: 0 of 98 MB");
  }

  @Test
  void writesToStandardErrorIfNoLoggerIsBound() throws Exception {
    try (WeightsServer server = new WeightsServer()) {
      server.etag = "";
      Path said = directory.resolve("said");
      ProcessBuilder builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp",
              classPathWithoutLoggers(),
              CallEmbeddedModel.class.getName(),
              server.address().toString(),
              Files.createDirectory(directory.resolve("cache")).toString());
      builder.environment().put("PATH", directory.toString()); // no pip
      Process process =
          builder.redirectError(said.toFile()).redirectOutput(ProcessBuilder.Redirect.PIPE).start();
      String answer = new String(process.getInputStream().readAllBytes());

      assertThat(process.waitFor()).isZero();
      assertThat(answer).contains("the embedded model (98 MB) could not be had");
      assertThat(Files.readAllLines(said))
          .contains("synthlab: downloading the embedded model, once, from 127.0.0.1: 0 of 98 MB")
          .anyMatch(line -> line.startsWith("synthlab: the embedded model cannot be had from 127"));
    }
  }

  private static String classPathWithoutLoggers() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.contains("logback") && !entry.contains("slf4j-simple"))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
