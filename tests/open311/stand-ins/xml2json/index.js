exports.toJson = () => { throw new Error('this client is tested in JSON'); };
