package dev.synthlab.local;

import dev.synthlab.config.Settings;
import dev.synthlab.files.PrivateFiles;
import dev.synthlab.files.TrustedPath;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The weights of the embedded model: a file of your own, or SmolLM2-135M-Instruct, downloaded once
 * into the cache directory and used only if its SHA-256 is correct.
 *
 * <p>When several threads or processes need them, one downloads and the others wait.
 */
public final class Weights {
  private static final Logger log = LoggerFactory.getLogger(Weights.class);

  // One for the process: a second lock on one file in one JVM is an error, not a wait.
  private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

  private final Path cache;
  private final ChecksummedFile wanted;
  private final List<WeightsSource> sources;

  /** Gets the progress of a download. */
  public interface Progress {
    /**
     * Called when a part of the file has arrived.
     *
     * @param source a short description of the source
     * @param bytes the number of bytes so far
     * @param total the size of the file
     */
    void moved(String source, long bytes, long total);

    /**
     * Called with another message, for example that another process downloads.
     *
     * @param line one sentence
     */
    void note(String line);
  }

  Weights(Path cache, ChecksummedFile wanted, List<WeightsSource> sources) {
    this.cache = cache;
    this.wanted = wanted;
    this.sources = List.copyOf(sources);
  }

  /**
   * Returns the model file, and downloads it if it is not there: 98 MB, once.
   *
   * @param settings the cache directory, the sources, the proxies and the certificate authorities
   * @param progress gets the progress, on this thread
   * @return a file that can be loaded
   * @throws WeightsException when every source failed
   * @throws IOException when the cache directory cannot be written
   * @throws InterruptedException when the thread was interrupted; the part that was downloaded is
   *     kept
   */
  public static Path ensure(Settings settings, Progress progress)
      throws IOException, InterruptedException {
    if (settings.local().model().isPresent()) {
      return own(settings.local().model().get());
    }
    UrlSource address = UrlSource.of(settings.local().modelUrl(), settings.network());
    return standard(settings.local(), List.of(address, PipSource.smolLm2(settings.network())))
        .ensure(progress);
  }

  /**
   * Returns the model file if it is there; downloads nothing.
   *
   * @param settings the cache directory
   * @return the file, or empty if it must be downloaded
   * @throws IOException when the file there cannot be used or read
   */
  public static Optional<Path> present(Settings.Local settings) throws IOException {
    if (settings.model().isPresent()) {
      return Optional.of(own(settings.model().get()));
    }
    Weights standard = standard(settings, List.of());
    return standard.isWhole() ? Optional.of(standard.file()) : Optional.empty();
  }

  private static Weights standard(Settings.Local settings, List<WeightsSource> sources) {
    return new Weights(settings.cache(), ChecksummedFile.SMOLLM2, sources);
  }

  private static Path own(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new WeightsException("SYNTHLAB_LOCAL_MODEL is " + file + ", which is not a file");
    }
    if (!Gguf.isModel(file)) {
      throw new WeightsException(
          "SYNTHLAB_LOCAL_MODEL is " + file + ", which is not a model in GGUF form");
    }
    try {
      TrustedPath.requireNotWorldWritable(file);
    } catch (IOException e) {
      throw new WeightsException(
          "SYNTHLAB_LOCAL_MODEL is " + file + ", which everybody can change: " + e.getMessage());
    }
    return file;
  }

  Path ensure(Progress progress) throws IOException, InterruptedException {
    if (isWhole()) {
      return file();
    }
    TrustedPath.createDirectories(cache, Settings.Local.CACHE_REMEDY);
    ONE_AT_A_TIME.lockInterruptibly();
    try (FileChannel channel =
        PrivateFiles.open(beside(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      lock(channel, progress);
      if (!isWhole() && !publishIfComplete(part())) {
        fetch(progress);
      }
      return file();
    } catch (ClosedByInterruptException | FileLockInterruptionException e) {
      // The exception replaces the interrupt flag.
      Thread.interrupted();
      throw new InterruptedException("while fetching the embedded model");
    } finally {
      ONE_AT_A_TIME.unlock();
    }
  }

  /** Closing the channel releases the lock. */
  private static void lock(FileChannel channel, Progress progress) throws IOException {
    if (channel.tryLock() == null) {
      progress.note("another process is fetching the embedded model; waiting for it");
      channel.lock();
    }
  }

  private void fetch(Progress progress) throws IOException, InterruptedException {
    List<String> tried = new ArrayList<>();
    tried.add("SYNTHLAB_LOCAL_MODEL: not set");
    tried.add("cache: " + (Files.exists(file()) ? "damaged " : "no ") + file());
    for (WeightsSource source : sources) {
      try {
        fetch(source, progress);
        return;
      } catch (IOException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedException("while fetching the embedded model");
        }
        tried.add(source.name() + ": " + reason(e));
        progress.note("the embedded model cannot be had from " + tried.getLast());
      }
    }
    throw new WeightsException(
        "the embedded model ("
            + wanted.size() / 1_000_000
            + " MB) could not be had. Tried: "
            + String.join("; ", tried));
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private void fetch(WeightsSource source, Progress progress)
      throws IOException, InterruptedException {
    PartFile part = part();
    boolean continued = source.fetch(wanted, part, progress);
    boolean right = wanted.matches(part.path());
    if (!right && continued) {
      progress.note("what came is not the embedded model; downloading it from the beginning");
      part.delete();
      source.fetch(wanted, part, progress);
      right = wanted.matches(part.path());
    }
    if (!right) {
      part.delete();
      throw new IOException("what came is not the file that was asked for (wrong SHA-256)");
    }
    publish(part);
  }

  /** A process that was killed may leave a part that is complete. */
  private boolean publishIfComplete(PartFile part) throws IOException {
    if (part.size() < wanted.size()) {
      return false;
    }
    if (!wanted.matches(part.path())) {
      part.delete();
      return false;
    }
    publish(part);
    return true;
  }

  private void publish(PartFile part) throws IOException {
    part.moveTo(file());
    note();
  }

  private PartFile part() {
    return new PartFile(beside(".part"));
  }

  private Path file() {
    return cache.resolve(wanted.name());
  }

  private Path beside(String ending) {
    return cache.resolve("." + wanted.name() + ending);
  }

  /** Reads the whole file only if it has changed since the last check. */
  private boolean isWhole() throws IOException {
    if (!Files.isRegularFile(file()) || Files.size(file()) != wanted.size()) {
      return false;
    }
    TrustedPath.requireOwn(file(), Settings.Local.CACHE_REMEDY);
    Path noted = beside(".ok");
    if (Files.isRegularFile(noted) && Files.readString(noted).equals(state())) {
      return true;
    }
    if (!wanted.matches(file())) {
      return false;
    }
    note();
    return true;
  }

  /** Without the note the whole file is read at the next start: no reason to fail. */
  private void note() {
    try {
      Path fresh = Files.createTempFile(cache, ".checked", "");
      Files.writeString(fresh, state(), StandardCharsets.UTF_8);
      Path noted = beside(".ok");
      Files.move(fresh, noted, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      log.atDebug().addKeyValue("component", "local").setCause(e).log("the check is not noted");
    }
  }

  // The time of the last change cannot be set, and the number of a file cannot be chosen: a note
  // that came with a file, in an archive for example, does not fit it.
  private String state() throws IOException {
    boolean unix = file().getFileSystem().supportedFileAttributeViews().contains("unix");
    return wanted.sha256()
        + " "
        + new TreeMap<>(Files.readAttributes(file(), unix ? "unix:ctime,ino" : "lastModifiedTime"));
  }
}
