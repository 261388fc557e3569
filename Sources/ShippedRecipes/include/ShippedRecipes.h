/// The recipes of Configs/recipes, for programs that run far from that folder.

/// A recipe: its name, and the text of its file.
struct losskit_shipped_recipe {
  const char *_Nonnull name;
  const char *_Nonnull text;
};

/// The number of recipes.
long losskit_shipped_recipe_count(void);

/// The recipe at `index`, in the order of their names.
struct losskit_shipped_recipe losskit_shipped_recipe(long index);
