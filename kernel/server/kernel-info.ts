import { PROTOCOL_VERSION } from '../messaging/message.js'

/** The content of a `kernel_info_reply`. */
export function kernelInfo(version: string): Record<string, unknown> {
  return {
    status: 'ok',
    protocol_version: PROTOCOL_VERSION,
    implementation: 'nir',
    implementation_version: version,
    language_info: {
      name: 'typescript',
      version: '5.0',
      mimetype: 'text/typescript',
      file_extension: '.ts',
      pygments_lexer: 'typescript',
      codemirror_mode: { name: 'typescript' },
      nbconvert_exporter: 'script',
    },
    banner: `NIR Lab ${version}: TypeScript with a typed \`nir\` session. Node ${process.version}.`,
    help_links: [
      { text: 'Jupyter messaging', url: 'https://jupyter-client.readthedocs.io/en/stable/messaging.html' },
    ],
    debugger: false,
    supported_features: [],
  }
}
