package maia.lab.cli;

import maia.base.MaiaException;
import maia.base.Origin;

/// A command line that makes no sense; the message is the one line to print, and the exit code is
/// 2.
final class UsageException extends MaiaException {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message, Origin.NONE, null);
  }
}
