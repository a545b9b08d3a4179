package dev.synthlab.batch;

import dev.synthlab.call.Timer;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;

/** A process that resumes a run of many rows, of which one is open. */
final class ManyRows {
  private ManyRows() {}

  public static void main(String[] args) throws IOException {
    Path in = Path.of(args[0]).resolve("in.jsonl");
    Path out = Path.of(args[0]).resolve("out.jsonl");
    BulkOptions options = BulkOptions.builder(in, out).model("m").build();
    prepare(in, out, options, Integer.parseInt(args[1]));
    long begun = System.nanoTime();
    Summary summary =
        BulkRun.of(options, request -> Script.answer("late"), Timer.system(), note -> {}).run();
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    System.out.println("took " + took.toMillis() + " ms, ended " + summary.ended());
    boolean right =
        summary.end() == Summary.End.DONE
            && summary.ended() == 1
            && took.compareTo(Duration.ofSeconds(30)) < 0;
    System.exit(right ? 0 : 1);
  }

  private static void prepare(Path in, Path out, BulkOptions options, int count)
      throws IOException {
    String answer = "x".repeat(300);
    RowHasher scan = new RowHasher();
    try (BufferedWriter rows = Files.newBufferedWriter(in);
        BufferedWriter results = Files.newBufferedWriter(out)) {
      for (int i = 0; i < count; i++) {
        String row =
            "{\"custom_id\":\"row-" + i + "\",\"prompt\":\"Say something about " + i + "\"}";
        rows.write(row + "\n");
        byte[] bytes = row.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        scan.scan(bytes, 0, bytes.length);
        if (i > 0) {
          results.write(
              "{\"id\":\"b\",\"custom_id\":\"row-"
                  + i
                  + "\",\"response\":{\"body\":\""
                  + answer
                  + "\"},\"error\":null,\"synthlab\":{\"line\":"
                  + (i + 1)
                  + ",\"hash\":\""
                  + HexFormat.of().toHexDigits(scan.hash())
                  + "\"}}\n");
        }
      }
    }
    new OutputJobFile("r", OutputJobFile.settings(options))
        .write(out.resolveSibling("out.jsonl.job.json"), RunCrashPoints.NONE, "then");
  }
}
