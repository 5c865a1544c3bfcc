package maia.models.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import maia.base.Check;

/// How families of models write a conversation: the plain form, without tools, dates or thinking.
/// It ends where the model's answer begins.
public enum ChatTemplate {
  /// Llama 2: `[INST]` around the user, the rules in `<<SYS>>` before the first question.
  LLAMA_2,
  /// Llama 3: a header with the role before every turn.
  LLAMA_3,
  /// Qwen 2.5 and 3, and others: `<|im_start|>` and `<|im_end|>`.
  CHAT_ML,
  /// Mistral and Mixtral: `[INST]` around the user, the rules before the last question.
  MISTRAL,
  /// Gemma: turns of `user` and `model`, the rules before the first question.
  GEMMA;

  /// A part of a conversation.
  ///
  /// @param text the text
  /// @param ours whether the template wrote it, so that special tokens in it are meant
  private record Part(String text, boolean ours) {}

  /// The conversation as text.
  public String text(List<Message> messages) {
    return parts(messages).stream().map(Part::text).collect(Collectors.joining());
  }

  /// The conversation as tokens. What the messages contain is plain text: it cannot hold special
  /// tokens.
  public int[] encode(Tokenizer tokenizer, List<Message> messages) {
    List<AddedTokens.Part> cut = new ArrayList<>();
    for (Part part : parts(messages)) {
      Tokenizer.Specials specials =
          part.ours() ? Tokenizer.Specials.RECOGNISED : Tokenizer.Specials.PLAIN_TEXT;
      cut.addAll(tokenizer.cut(part.text(), specials));
    }
    return tokenizer.encode(cut);
  }

  private List<Part> parts(List<Message> messages) {
    check(messages);
    List<Part> parts = new ArrayList<>();
    switch (this) {
      case LLAMA_2 -> instructions(messages, parts, "<s>[INST] ", " [/INST]", " ", " </s>");
      case MISTRAL -> {
        parts.add(new Part("<s>", true));
        instructions(messages, parts, "[INST] ", "[/INST]", " ", "</s>");
      }
      case LLAMA_3 -> {
        parts.add(new Part("<|begin_of_text|>", true));
        headers(messages, parts, "<|start_header_id|>", "<|end_header_id|>\n\n", "<|eot_id|>");
      }
      case CHAT_ML -> headers(messages, parts, "<|im_start|>", "\n", "<|im_end|>\n");
      case GEMMA -> {
        parts.add(new Part("<bos>", true));
        headers(messages, parts, "<start_of_turn>", "\n", "<end_of_turn>\n");
      }
    }
    return parts;
  }

  /// System first if at all, then user and assistant in turn, the user last.
  private void check(List<Message> messages) {
    List<Message.Role> turns = messages.stream().map(Message::role).toList();
    boolean hasSystem = !turns.isEmpty() && turns.getFirst() == Message.Role.SYSTEM;
    List<Message.Role> rest = hasSystem ? turns.subList(1, turns.size()) : turns;
    boolean inTurn = rest.size() % 2 == 1;
    for (int i = 0; i < rest.size(); i++) {
      inTurn &= rest.get(i) == (i % 2 == 0 ? Message.Role.USER : Message.Role.ASSISTANT);
    }
    Check.argument(
        inTurn,
        "chat: a conversation is a system message or none, then user and assistant in turn, the user"
            + " last; got %s",
        turns.stream().map(role -> role.name().toLowerCase(Locale.ROOT)).toList());
  }

  private void headers(
      List<Message> messages, List<Part> parts, String before, String after, String end) {
    String rules = "";
    for (Message message : messages) {
      if (this == GEMMA && message.role() == Message.Role.SYSTEM) {
        rules = message.content() + "\n\n";
        continue;
      }
      parts.add(new Part(before + role(message.role()) + after, true));
      parts.add(new Part(rules + message.content(), false));
      parts.add(new Part(end, true));
      rules = "";
    }
    parts.add(new Part(before + role(Message.Role.ASSISTANT) + after, true));
  }

  private String role(Message.Role role) {
    return this == GEMMA && role == Message.Role.ASSISTANT
        ? "model"
        : role.name().toLowerCase(Locale.ROOT);
  }

  private void instructions(
      List<Message> messages,
      List<Part> parts,
      String open,
      String close,
      String beforeAnswer,
      String end) {
    String rules = "";
    int last = messages.size() - 1;
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      switch (message.role()) {
        case SYSTEM ->
            rules =
                this == LLAMA_2
                    ? "<<SYS>>\n" + message.content() + "\n<</SYS>>\n\n"
                    : message.content() + "\n\n";
        case USER -> {
          boolean takesRules = this == LLAMA_2 || i == last;
          parts.add(new Part(open, true));
          parts.add(new Part((takesRules ? rules : "") + message.content(), false));
          parts.add(new Part(close, true));
          rules = takesRules ? "" : rules;
        }
        case ASSISTANT -> {
          parts.add(new Part(beforeAnswer + message.content(), false));
          parts.add(new Part(end, true));
        }
      }
    }
  }
}
