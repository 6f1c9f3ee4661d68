import { ProviderError } from "../../ports/errors.js";

/** What went wrong with custom models, with the file and the next step as whoever is at the command line knows them. */
export function atCommandLine(error: unknown, { file }: { readonly file: string }): unknown {
  if (!ProviderError.is(error)) return error;
  const { code, detail, nextStep } = error;
  const inFile = `${detail} The file is "${file}".`;
  switch (code) {
    case "custom-models-unreadable":
      return reworded(error, { detail: inFile, nextStep: 'Correct it, or begin anew: "t3-pi custom-models add <provider/model> --set-aside" first keeps it under another name.' });
    case "custom-models-unwritable":
      return reworded(error, { detail: inFile, nextStep });
    case "custom-model-unverified":
      return reworded(error, { detail, nextStep: 'See "t3-pi doctor", or add the model all the same with --unverified.' });
    default:
      return error;
  }
}

function reworded(cause: ProviderError, words: { readonly detail: string; readonly nextStep: string | undefined }): ProviderError {
  const { kind, code, operation } = cause;
  return new ProviderError({ kind, code, operation, ...words, cause });
}
