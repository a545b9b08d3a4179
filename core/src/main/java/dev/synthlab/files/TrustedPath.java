package dev.synthlab.files;

import dev.synthlab.Internal;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Checks, before a file is read, that no other user of the machine can have changed it. A path is
 * followed from the root of the file system to its end, links included. Where the system knows no
 * owners, nothing is checked.
 */
@Internal
public final class TrustedPath {
  private static final int MAX_LINKS = 40;

  /** File systems that show an owner and permissions which nobody has set or can change. */
  private static final Set<String> WITHOUT_PERMISSIONS =
      Set.of(
          "vfat",
          "msdos",
          "exfat",
          "ntfs",
          "ntfs3",
          "fuseblk",
          "9p",
          "drvfs",
          "cifs",
          "smb3",
          "vboxsf",
          "hgfs",
          "fuse.vmhgfs-fuse");

  /** Which users may be able to change the file. */
  private enum Policy {
    /** This user and root. For code. */
    OWN,
    /** The owners of the files and their groups, but not everybody. For a file the user names. */
    SHARED,
    /** This user and root, and the group of the directory. For a file of settings. */
    SETTINGS;

    int forbidden(boolean end) {
      return this == OWN || (this == SETTINGS && end)
          ? FileState.GROUP_OR_OTHERS_WRITE
          : FileState.OTHERS_WRITE;
    }

    /** Whether each step of the path counts, or only the file and its directory. */
    boolean wholeWay() {
      return this != SETTINGS;
    }
  }

  /**
   * Why a file is not trusted.
   *
   * @param path the file, or the directory or link on the way to it
   * @param reason the end of a sentence that begins with the path
   * @param remedy the command that corrects it; empty if there is none
   */
  public record Objection(Path path, String reason, Optional<String> remedy) {
    private FileSystemException exception(String another) {
      StringBuilder text = new StringBuilder(reason);
      remedy.ifPresent(command -> text.append(": ").append(command));
      if (!another.isEmpty()) {
        text.append("; or ").append(another);
      }
      return new FileSystemException(path.toString(), null, text.toString());
    }
  }

  private final Path given;
  private final Policy policy;

  private TrustedPath(Path given, Policy policy) {
    this.given = given;
    this.policy = policy;
  }

  /**
   * Requires that only this user and root can change the file or directory: itself, every directory
   * above it, and every link on the way.
   *
   * @param path an existing file or directory
   * @param remedy what else the user can do, for the message: "set X to ..."
   * @throws FileSystemException when another user can change it; its reason says how to correct
   *     that
   * @throws IOException when it cannot be examined
   */
  public static void requireOwn(Path path, String remedy) throws IOException {
    Optional<Objection> objection = new TrustedPath(path, Policy.OWN).objection();
    if (objection.isPresent()) {
      throw objection.get().exception(remedy);
    }
  }

  /**
   * Requires that not everybody on the machine can change a file that the user has named. Other
   * owners and groups are allowed.
   *
   * @param path an existing file
   * @throws FileSystemException when everybody can change it; its reason says how to correct that
   * @throws IOException when it cannot be examined
   */
  public static void requireNotWorldWritable(Path path) throws IOException {
    Optional<Objection> objection = new TrustedPath(path, Policy.SHARED).objection();
    if (objection.isPresent()) {
      throw objection.get().exception("");
    }
  }

  /**
   * Why the content of a file of settings is not trusted: the file, or a link to it, has another
   * owner than this user or root, its group or others can write it, or everybody can replace it. A
   * directory that a group can write is accepted, since on many systems each user has a group of
   * their own.
   *
   * @param file an existing file
   * @return empty if it is trusted, or if its file system has no owners
   * @throws IOException when it cannot be examined
   */
  public static Optional<Objection> objectionToSettings(Path file) throws IOException {
    Optional<Objection> objection = new TrustedPath(file, Policy.SETTINGS).objection();
    return objection.isEmpty() || hasPermissions(file) ? objection : Optional.empty();
  }

  /**
   * Makes a directory, and the missing ones above it, in which only this user and root can change
   * anything.
   *
   * @param directory which
   * @param remedy what else the user can do, for the message: "set X to ..."
   * @return the same
   * @throws FileSystemException when another user can change it or a directory above it; nothing is
   *     made then
   * @throws IOException when it cannot be made
   */
  public static Path createDirectories(Path directory, String remedy) throws IOException {
    Path existing = directory.toAbsolutePath();
    while (existing.getParent() != null && !Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
      existing = existing.getParent();
    }
    requireOwn(existing, remedy);
    return PrivateFiles.createDirectories(directory);
  }

  private static boolean hasPermissions(Path file) throws IOException {
    String type = Files.getFileStore(file).type().toLowerCase(Locale.ROOT);
    return !WITHOUT_PERMISSIONS.contains(type);
  }

  private Optional<Objection> objection() throws IOException {
    return FileState.hasOwners(given) ? objection(given, true, MAX_LINKS) : Optional.empty();
  }

  // Each step is trusted before the next is examined, so that nobody can change the way meanwhile.
  private Optional<Objection> objection(Path path, boolean isFile, int links) throws IOException {
    Path whole = path.toAbsolutePath();
    Path at = whole.getRoot();
    int last = whole.getNameCount();
    boolean open = false;
    for (int i = 0; i <= last; i++) {
      at = i == 0 ? at : step(at, whole.getName(i - 1));
      FileState.Unix unix = unix(at);
      boolean link = Files.isSymbolicLink(at);
      if (policy.wholeWay() || i >= last - 1) {
        boolean end = isFile && i == last;
        Optional<Objection> found = objection(at, unix, link, open, end);
        if (found.isEmpty() && link) {
          found = objection(target(at, links), end, links - 1);
        }
        if (found.isPresent()) {
          return found;
        }
      }
      open = !link && unix.allows(FileState.OTHERS_WRITE);
      at = link ? at.toRealPath() : at;
    }
    return Optional.empty();
  }

  private static Path step(Path directory, Path name) {
    if (!name.toString().equals("..")) {
      return directory.resolve(name).normalize();
    }
    Path parent = directory.getParent();
    return parent == null ? directory : parent;
  }

  private Path target(Path link, int links) throws IOException {
    if (links == 0) {
      throw new FileSystemLoopException(given.toString());
    }
    return link.resolveSibling(Files.readSymbolicLink(link));
  }

  private static FileState.Unix unix(Path at) throws IOException {
    return FileState.of(at)
        .flatMap(FileState::unix)
        .orElseThrow(() -> new NoSuchFileException(at.toString()));
  }

  /** Judges one step of the path; the permissions of a link mean nothing. */
  private Optional<Objection> objection(
      Path at, FileState.Unix unix, boolean link, boolean inOpenDirectory, boolean end) {
    boolean ownerCounts =
        switch (policy) {
          case OWN -> true;
          case SHARED -> inOpenDirectory;
          case SETTINGS -> end;
        };
    if (ownerCounts && !unix.isTrusted()) {
      return Optional.of(
          new Objection(
              at,
              "belongs to " + unix.ownerName() + ", and must belong to you or to root",
              Optional.empty()));
    }
    if (link || !unix.allows(policy.forbidden(end)) || isSafelySticky(at, unix)) {
      return Optional.empty();
    }
    return Optional.of(
        new Objection(
            at,
            "can be written by other users (" + unix.permissions() + ")",
            Optional.of("chmod go-w " + at)));
  }

  /** In such a directory nobody can replace what another user has made, except its owner. */
  private boolean isSafelySticky(Path at, FileState.Unix unix) {
    return unix.isSticky() && Files.isDirectory(at) && (policy != Policy.OWN || unix.isOfRoot());
  }
}
