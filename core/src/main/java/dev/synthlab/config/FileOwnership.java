package dev.synthlab.config;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Whether a file says what its user wants, or what another user of the machine has put there. */
final class FileOwnership {
  private static final int ROOT = 0;
  private static final int GROUP_OR_OTHERS = 0022;
  private static final int OTHERS = 0002;
  private static final int STICKY = 01000;

  /** These show owner and permissions that nobody has set and nobody can change. */
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

  private final OptionalInt self;

  private FileOwnership(OptionalInt self) {
    this.self = self;
  }

  /** For the user of this process. */
  static FileOwnership ofThisUser() {
    try {
      return of((int) new UnixSystem().getUid());
    } catch (LinkageError e) { // a runtime without this module
      return new FileOwnership(OptionalInt.empty());
    }
  }

  /** For the user with this number. */
  static FileOwnership of(int self) {
    return new FileOwnership(OptionalInt.of(self));
  }

  /**
   * What speaks against a file, with what to do about it: another owner, of the file or of a link
   * to it, or that others may write it or put another in its place. A directory that a group may
   * write is no objection, since on many systems each user has a group of his own: in such a
   * directory others can at most exchange files that this user owns.
   *
   * @return empty if nothing does, or if the file system knows no owners
   */
  Optional<String> objection(Path file) throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return Optional.empty();
    }
    Optional<String> found =
        owner(file, LinkOption.NOFOLLOW_LINKS).or(() -> owner(file)).or(() -> mode(file));
    return found.isEmpty() || !keepsPermissions(file) ? Optional.empty() : found;
  }

  private Optional<String> owner(Path file, LinkOption... links) {
    Attributes of = Attributes.of(file, links);
    boolean trusted = self.isEmpty() || of.owner() == ROOT || of.owner() == self.getAsInt();
    return trusted
        ? Optional.empty()
        : Optional.of(
            "must belong to you or to root, and belongs to "
                + of.ownerName()
                + ": look at what is in it, and make a copy of your own");
  }

  private static Optional<String> mode(Path file) {
    Attributes of = Attributes.of(file);
    if ((of.mode() & GROUP_OR_OTHERS) != 0) {
      return Optional.of(
          "can be written by other users (%s): look at what is in it, then chmod 600 %s"
              .formatted(of.permissions(), file));
    }
    Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
    Attributes around = Attributes.of(directory);
    boolean replaceable = (around.mode() & OTHERS) != 0 && (around.mode() & STICKY) == 0;
    return replaceable
        ? Optional.of(
            "can be replaced by other users, who may all write its directory (%s): chmod o-w %s"
                .formatted(around.permissions(), directory))
        : Optional.empty();
  }

  private static boolean keepsPermissions(Path file) throws IOException {
    String type = Files.getFileStore(file).type().toLowerCase(Locale.ROOT);
    return !WITHOUT_PERMISSIONS.contains(type);
  }

  /** What the file system knows of a file. */
  private record Attributes(int owner, String ownerName, int mode) {
    private static final String LETTERS = "rwxrwxrwx";

    static Attributes of(Path file, LinkOption... links) {
      try {
        return new Attributes(
            (Integer) Files.getAttribute(file, "unix:uid", links),
            Files.getOwner(file, links).getName(),
            (Integer) Files.getAttribute(file, "unix:mode", links));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** As {@code ls} writes them. */
    String permissions() {
      StringBuilder text = new StringBuilder(LETTERS);
      for (int i = 0; i < LETTERS.length(); i++) {
        if ((mode & (0400 >> i)) == 0) {
          text.setCharAt(i, '-');
        }
      }
      return text.toString();
    }
  }
}
