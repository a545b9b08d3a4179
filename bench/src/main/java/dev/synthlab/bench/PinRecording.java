package dev.synthlab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/** The JVM's own record of virtual threads that kept their carrier while they waited. */
final class PinRecording {
  /** From which time on a pin counts. */
  static final Duration THRESHOLD = Duration.ofMillis(20);

  private static final String EVENT = "jdk.VirtualThreadPinned";

  private final Recording recording;

  private PinRecording(Recording recording) {
    this.recording = recording;
  }

  static PinRecording start() {
    Recording recording = new Recording();
    recording.enable(EVENT).withThreshold(THRESHOLD).withStackTrace();
    recording.start();
    return new PinRecording(recording);
  }

  /** Their number, the longest in milliseconds, and where they were. */
  String stop() throws IOException {
    Path file = Files.createTempFile("synthlab-pinned", ".jfr");
    try (recording) {
      recording.stop();
      recording.dump(file);
      List<RecordedEvent> pins =
          RecordingFile.readAllEvents(file).stream()
              .filter(event -> event.getEventType().getName().equals(EVENT))
              .toList();
      long max = pins.stream().mapToLong(pin -> pin.getDuration().toMillis()).max().orElse(0);
      String places =
          pins.stream().map(PinRecording::place).distinct().collect(Collectors.joining("; "));
      return pins.size() + " " + max + " " + places;
    } finally {
      Files.delete(file);
    }
  }

  private static String place(RecordedEvent pin) {
    // Told by newer Javas only.
    String reason = pin.hasField("pinnedReason") ? " (" + pin.getString("pinnedReason") + ")" : "";
    return method(pin) + reason;
  }

  private static String method(RecordedEvent pin) {
    return pin.getStackTrace() == null
        ? "unknown"
        : pin.getStackTrace().getFrames().stream()
            .map(RecordedFrame::getMethod)
            .filter(method -> !method.getType().getName().matches("(java|jdk|sun)\\..*"))
            .map(method -> method.getType().getName() + "." + method.getName())
            .findFirst()
            .orElse("the JDK");
  }
}
