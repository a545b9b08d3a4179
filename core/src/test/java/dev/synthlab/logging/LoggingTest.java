package dev.synthlab.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import dev.synthlab.config.Secret;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MarkerFactory;
import org.slf4j.event.KeyValuePair;
import org.slf4j.helpers.NOPLogger;

class LoggingTest {
  private static final String CANARY = "canary-of-the-loggers";

  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
  private final ch.qos.logback.classic.Logger backend =
      context.getLogger("dev.synthlab.logging-test");
  private final ListAppender<ILoggingEvent> seen =
      new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent event) {
          // Taken from the stack of this moment.
          assertThat(event.getCallerData()).isNotEmpty();
          super.append(event);
        }
      };
  private final Logger log = Logging.component("logging-test");
  private final Secret secret = Secret.of(CANARY);

  @BeforeEach
  void listen() {
    backend.setAdditive(false);
    backend.setLevel(Level.INFO);
    seen.start();
    backend.addAppender(seen);
  }

  @AfterEach
  void stopListening() {
    backend.detachAppender(seen);
    backend.setLevel(null);
    backend.setAdditive(true);
  }

  @Test
  void addsTheComponentToEveryEvent() {
    log.info("one {}", 1);
    log.atWarn().addKeyValue("run", 7).log("two");
    log.error(MarkerFactory.getMarker("m"), "three", new IOException("plain"));

    assertThat(seen.list)
        .allSatisfy(
            event ->
                assertThat(event.getKeyValuePairs())
                    .extracting(KeyValuePair::toString)
                    .contains("component=\"logging-test\""));
    assertThat(seen.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("one 1", "two", "three");
    assertThat(seen.list.get(1).getKeyValuePairs())
        .extracting(KeyValuePair::toString)
        .contains("run=\"7\"");
    assertThat(seen.list.get(2).getMarkerList()).contains(MarkerFactory.getMarker("m"));
  }

  @Test
  void redactsSecretsInMessagesArgumentsAndValues() {
    log.info("key " + secret.reveal());
    log.info("key {} {}", CANARY, secret);
    log.atInfo().addKeyValue("key", CANARY).log("and {}", "sk-abcdefgh1234");

    assertThat(seen.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("key ****", "key **** ****", "and ****");
    assertThat(seen.list.get(2).getKeyValuePairs())
        .extracting(KeyValuePair::toString)
        .contains("key=\"****\"");
  }

  @Test
  void writesAMessageOnOneLineWithoutTerminalCodes() {
    log.info("answer: {}", "a\n12:00:00 | ERROR    | forged - \u001b[2Jline {}");

    assertThat(seen.list.getFirst().getFormattedMessage())
        .isEqualTo("answer: a\\n12:00:00 | ERROR    | forged - \\x1b[2Jline {}");
  }

  @Test
  void redactsSecretsInExceptionsAndTheirCauses() {
    IOException cause = new IOException("401: key " + CANARY + "\nis wrong");
    IllegalStateException thrown = new IllegalStateException("call failed", cause);
    thrown.addSuppressed(new IOException("closing " + CANARY));

    log.warn("failed", thrown);

    assertThat(printed(seen.list.getFirst()))
        .contains(
            "java.lang.IllegalStateException: call failed",
            "Caused by: java.io.IOException: 401: key ****\\nis wrong",
            "Suppressed: java.io.IOException: closing ****",
            "at " + LoggingTest.class.getName())
        .doesNotContain(CANARY);
  }

  @Test
  void survivesACircularCauseChain() {
    IOException first = new IOException(CANARY);
    IOException second = new IOException("second", first);
    first.initCause(second);

    log.warn("failed", second);

    assertThat(printed(seen.list.getFirst())).doesNotContain(CANARY);
  }

  @Test
  void leavesAnExceptionWithoutSecretsUnchanged() {
    IOException thrown = new IOException("harmless", new IOException());

    log.warn("failed", thrown);

    assertThat(((ThrowableProxy) seen.list.getFirst().getThrowableProxy()).getThrowable())
        .isSameAs(thrown);
  }

  @Test
  void obeysTheLevelOfItsBackend() {
    log.debug("unheard {}", 1);
    log.atTrace().log("unheard");

    assertThat(seen.list).isEmpty();
    assertThat(log.isDebugEnabled()).isFalse();
    assertThat(log.isInfoEnabled()).isTrue();
  }

  @Test
  void reportsTheCallerAndNotItself() {
    log.info("here");

    assertThat(seen.list.getFirst().getCallerData()[0].getClassName())
        .isEqualTo(LoggingTest.class.getName());
  }

  @Test
  void doesNotFailWithoutABackend() {
    Logger silent = new ComponentLogger("silent", NOPLogger.NOP_LOGGER);

    silent.error("lost {}", 1, new IOException(CANARY));
    silent.atError().addKeyValue("a", null).log("lost");

    assertThat(silent.isErrorEnabled()).isFalse();
  }

  @Test
  void returnsTheSameLoggerForEveryCall() {
    assertThat(Logging.component("logging-test")).isSameAs(log);
  }

  private static String printed(ILoggingEvent event) {
    StringWriter out = new StringWriter();
    ((ThrowableProxy) event.getThrowableProxy())
        .getThrowable()
        .printStackTrace(new PrintWriter(out));
    return out.toString();
  }
}
