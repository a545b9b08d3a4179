package dev.synthlab.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.TextStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes the calls of {@link Pinned} in a process of its own, under a recording if there is one. */
final class PinnedProbe {
  /** How the lines begin that it writes. */
  static final String MARK = "@probe ";

  private static final int AT_ONCE = 200;
  private static final int STREAM_EVERY = 4;

  private PinnedProbe() {}

  /**
   * Takes the server's address, the number of calls, and how many go before the recording; prints
   * how many were answered, and the pins.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    URI base = URI.create(args[0]);
    int calls = Integer.parseInt(args[1]);
    PrintStream out = new PrintStream(System.out, true, UTF_8);
    boolean recorded = ModuleLayer.boot().findModule("jdk.jfr").isPresent();
    make(base, Integer.parseInt(args[2]));
    // Named here only, so that a runtime without the module never loads it.
    Optional<PinRecording> recording =
        recorded ? Optional.of(PinRecording.start()) : Optional.empty();
    int answered = make(base, calls);
    String pins = recording.isPresent() ? recording.get().stop() : "";
    out.println(MARK + String.format(Locale.ROOT, "%d %s", answered, pins));
    System.exit(0);
  }

  private static int make(URI base, int calls) throws InterruptedException {
    AtomicInteger answered = new AtomicInteger();
    CountDownLatch ended = new CountDownLatch(calls);
    Semaphore places = new Semaphore(AT_ONCE);
    try (LlmClient client = Clients.of(base, Map.of()).build()) {
      for (int i = 0; i < calls; i++) {
        boolean streamed = i % STREAM_EVERY == 0;
        places.acquire();
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    if (ask(client, streamed).equals("slowly")) {
                      answered.incrementAndGet();
                    }
                  } finally {
                    places.release();
                    ended.countDown();
                  }
                });
      }
      ended.await();
    }
    return answered.get();
  }

  private static String ask(LlmClient client, boolean streamed) {
    if (!streamed) {
      return client.complete("hi");
    }
    try (TextStream stream = client.stream("stream")) {
      return String.join("", stream);
    }
  }
}
