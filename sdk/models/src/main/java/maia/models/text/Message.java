package maia.models.text;

/// One turn of a conversation.
///
/// @param role who speaks
/// @param content what is said
public record Message(Role role, String content) {
  /// Who speaks.
  public enum Role {
    /// Sets the rules.
    SYSTEM,
    /// Asks.
    USER,
    /// Answers.
    ASSISTANT
  }

  /// What the user says.
  public static Message user(String content) {
    return new Message(Role.USER, content);
  }

  /// What the model says.
  public static Message assistant(String content) {
    return new Message(Role.ASSISTANT, content);
  }

  /// What holds for the whole conversation.
  public static Message system(String content) {
    return new Message(Role.SYSTEM, content);
  }
}
