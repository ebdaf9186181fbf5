//! What clew's own annotations say of the calls that programs make most.

use expect_test::expect;

use crate::support::check_library;

#[test]
fn builtin_functions() {
    check_library(
        "
        builtins:len(_)
        builtins:print(_)
        builtins:print(_, file=obj)
        builtins:sorted(_)
        builtins:next(_)
        builtins:setattr(_, 'v', _)
        builtins:open('a.csv')
        builtins:open('a.csv', 'w')
        builtins:open('a.csv', mode='r+')
        builtins:open('a.csv', _)
        builtins:exec(_)
        new builtins:list(_)
        new builtins:zip(_, _)
        new builtins:ValueError, builtins:BaseException(_)
        ",
        expect![[r#"
            builtins:len(_)
                pure
            builtins:print(_)
                writes standard_streams
            builtins:print(_, file=obj)
                mutates file= shallow; writes file_system[file=]; reads cwd (varies)
            builtins:sorted(_)
                consumes 0
            builtins:next(_)
                consumes 0; views result, *
            builtins:setattr(_, 'v', _)
                mutates 0 shallow; views 0, 2
            builtins:open('a.csv')
                reads file_system[0]; reads cwd
            builtins:open('a.csv', 'w')
                writes file_system[0]; result handles file_system[0]; reads cwd (varies)
            builtins:open('a.csv', mode='r+')
                reads file_system[0]; writes file_system[0]; result handles file_system[0]; reads cwd (varies)
            builtins:open('a.csv', _)
                reads file_system[0]; writes file_system[0]; result handles file_system[0]; reads cwd (varies)
            builtins:exec(_)
                no rule
            new builtins:list(_)
                consumes 0
            new builtins:zip(_, _)
                views result, **
            new builtins:ValueError, builtins:BaseException(_)
                views result, **
        "#]],
    );
}

#[test]
fn lists_dicts_sets_and_what_never_changes() {
    check_library(
        "
        builtins:list.append(_)
        builtins:list.pop()
        builtins:list.index(_)
        builtins:list.__setitem__(_, _)
        builtins:list.__iadd__(_)
        builtins:dict.get(_)
        builtins:dict.setdefault(_, _)
        builtins:dict.items()
        builtins:set.update(_)
        builtins:set.union(_)
        builtins:bytearray.extend(_)
        builtins:str.join(_)
        builtins:str.upper()
        builtins:tuple.count(_)
        builtins:int.to_bytes(_)
        collections:deque.appendleft(_)
        collections:defaultdict, builtins:dict.__getitem__(_)
        collections:OrderedDict, builtins:dict.move_to_end(_)
        collections:Counter, builtins:dict.subtract(_)
        ",
        expect![[r#"
            builtins:list.append(_)
                mutates self shallow; views self, *
            builtins:list.pop()
                mutates self shallow; views result, self
            builtins:list.index(_)
                pure
            builtins:list.__setitem__(_, _)
                mutates self shallow; consumes 1; views self, 1
            builtins:list.__iadd__(_)
                mutates self shallow; consumes 0; views result, self
            builtins:dict.get(_)
                views result, self
            builtins:dict.setdefault(_, _)
                mutates self shallow; views result, self, 1
            builtins:dict.items()
                views result, self
            builtins:set.update(_)
                mutates self shallow; consumes *
            builtins:set.union(_)
                consumes *
            builtins:bytearray.extend(_)
                mutates self shallow; consumes *
            builtins:str.join(_)
                consumes 0
            builtins:str.upper()
                pure
            builtins:tuple.count(_)
                pure
            builtins:int.to_bytes(_)
                pure
            collections:deque.appendleft(_)
                mutates self shallow; views self, *
            collections:defaultdict, builtins:dict.__getitem__(_)
                mutates self shallow; views result, self
            collections:OrderedDict, builtins:dict.move_to_end(_)
                mutates self shallow
            collections:Counter, builtins:dict.subtract(_)
                mutates self shallow; consumes 0
        "#]],
    );
}

#[test]
fn files_and_folders() {
    check_library(
        "
        os:makedirs('out')
        os:getenv('HOME')
        os:chdir('out')
        os.path:exists('a')
        os.path:join('a', 'b')
        os:_Environ.__setitem__('A', 'b')
        pathlib:Path.write_text('a')
        pathlib:Path.read_text()
        pathlib:Path.with_suffix('.csv')
        pathlib:Path.open('w')
        shutil:copy('a', 'b')
        io:TextIOWrapper.write('a')
        io:TextIOWrapper.read()
        io:StringIO.write('a')
        io:StringIO.getvalue()
        json:dump(_, _)
        json:loads(_)
        pickle:load(_)
        csv:writer(_)
        _csv:Writer.writerow(_)
        tempfile:NamedTemporaryFile()
        new zipfile:ZipFile('a.zip', 'w')
        sqlite3:connect('a.db')
        sqlite3:Connection.execute('SELECT 1')
        sqlite3:Connection.execute('insert into t values (1)')
        ",
        expect![[r#"
            os:makedirs('out')
                writes file_system[0]; reads cwd
            os:getenv('HOME')
                reads environment[0]
            os:chdir('out')
                reads cwd; reads file_system[0]; writes cwd
            os.path:exists('a')
                reads file_system[0]; reads cwd
            os.path:join('a', 'b')
                pure
            os:_Environ.__setitem__('A', 'b')
                mutates self shallow; reads environment[0]; writes environment[0]
            pathlib:Path.write_text('a')
                writes file_system[self]; reads cwd
            pathlib:Path.read_text()
                reads file_system[self]; reads cwd
            pathlib:Path.with_suffix('.csv')
                pure
            pathlib:Path.open('w')
                writes file_system[self]; result handles file_system[self]; reads file_system[self]; reads cwd (varies)
            shutil:copy('a', 'b')
                reads file_system[0]; writes file_system[1]; reads cwd
            io:TextIOWrapper.write('a')
                mutates self shallow; consumes 0; writes file_system[self]; reads cwd
            io:TextIOWrapper.read()
                consumes self; reads file_system[self]; reads cwd
            io:StringIO.write('a')
                mutates self shallow; consumes 0
            io:StringIO.getvalue()
                pure
            json:dump(_, _)
                mutates 1 shallow; writes file_system[1]; reads cwd
            json:loads(_)
                pure
            pickle:load(_)
                consumes 0; reads file_system[0]; reads cwd
            csv:writer(_)
                views result, 0
            _csv:Writer.writerow(_)
                mutates self; consumes 0
            tempfile:NamedTemporaryFile()
                writes file_system[result]; result handles file_system[result]; reads cwd
            new zipfile:ZipFile('a.zip', 'w')
                reads file_system[0]; writes file_system[0]; result handles file_system[0]; views result, 0; reads cwd (varies)
            sqlite3:connect('a.db')
                reads db[0]; writes db[0]; result handles db[0]
            sqlite3:Connection.execute('SELECT 1')
                consumes self; reads db[self]; views result, self (varies)
            sqlite3:Connection.execute('insert into t values (1)')
                consumes self; reads db[self]; views result, self; mutates self shallow; writes db[self] (varies)
        "#]],
    );
}

#[test]
fn chance_and_time() {
    check_library(
        "
        random:seed(0)
        random:random()
        random:shuffle(_)
        random:Random.random()
        time:time()
        datetime:datetime.now()
        datetime:datetime.strftime('%Y')
        uuid:uuid4()
        ",
        expect![[r#"
            random:seed(0)
                writes random
            random:random()
                reads random; writes random
            random:shuffle(_)
                mutates 0 shallow; reads random; writes random
            random:Random.random()
                mutates self shallow
            time:time()
                reads time
            datetime:datetime.now()
                reads time
            datetime:datetime.strftime('%Y')
                pure
            uuid:uuid4()
                reads time
        "#]],
    );
}

#[test]
fn the_rest_of_the_standard_library() {
    check_library(
        "
        math:sqrt(_)
        math:fsum(_)
        statistics:mean(_)
        copy:deepcopy(_)
        new itertools:chain(_, _)
        itertools:chain.__next__()
        functools:reduce(_, _)
        heapq:heappush(_, _)
        bisect:insort(_, _)
        re:sub(_, _, _)
        logging:getLogger('a')
        logging:Logger.info(_)
        warnings:filterwarnings('ignore')
        subprocess:run(_)
        urllib.request:urlopen(_)
        threading:Thread.start()
        ",
        expect![[r#"
            math:sqrt(_)
                pure
            math:fsum(_)
                consumes **
            statistics:mean(_)
                consumes **
            copy:deepcopy(_)
                reads module:copyreg
            new itertools:chain(_, _)
                views result, **
            itertools:chain.__next__()
                consumes self; views result, self
            functools:reduce(_, _)
                consumes 1; views result, **
            heapq:heappush(_, _)
                mutates 0 shallow; views *
            bisect:insort(_, _)
                mutates 0 shallow; views 0, 1
            re:sub(_, _, _)
                pure
            logging:getLogger('a')
                reads logging; result handles logging
            logging:Logger.info(_)
                reads logging; writes standard_streams
            warnings:filterwarnings('ignore')
                reads warnings; writes warnings
            subprocess:run(_)
                reads process; reads file_system; writes process; writes file_system; writes standard_streams; reads environment; views result, 0; reads cwd
            urllib.request:urlopen(_)
                reads network[0]; writes network[0]; reads file_system; mutates 0 shallow; reads cwd
            threading:Thread.start()
                mutates self; reads process; writes process
        "#]],
    );
}

#[test]
fn numpy() {
    check_library(
        "
        numpy:zeros(_)
        numpy:add(_, _)
        numpy:add(_, _, out=_)
        numpy:add(_, _, _)
        numpy:ufunc.at(_, _, _)
        numpy:asarray(_)
        numpy:array(_)
        numpy:array(_, copy=False)
        numpy:reshape(_, _)
        numpy:copyto(dst=_, src=_)
        numpy:save('a.npy', _)
        numpy:load('a.npy')
        numpy:linalg(_)
        numpy.linalg:solve(_, _)
        numpy.random:seed(0)
        numpy.random:rand(3)
        numpy.random:default_rng(0)
        numpy.random:Generator.normal()
        numpy.random:Generator.shuffle(_)
        numpy:ndarray.sort()
        numpy:ndarray.mean()
        numpy:ndarray.reshape(2, 3)
        numpy:ndarray.cumsum(out=_)
        numpy:ndarray.__setitem__(_, _)
        numpy:ndarray.astype(_)
        numpy:ndarray.astype(_, copy=False)
        ",
        expect![[r#"
            numpy:zeros(_)
                pure
            numpy:add(_, _)
                pure
            numpy:add(_, _, out=_)
                mutates out=; views result, out=
            numpy:add(_, _, _)
                mutates 2; views result, 2
            numpy:ufunc.at(_, _, _)
                mutates 0 shallow
            numpy:asarray(_)
                views result, *
            numpy:array(_)
                pure
            numpy:array(_, copy=False)
                views result, 0 (varies)
            numpy:reshape(_, _)
                views result, *
            numpy:copyto(dst=_, src=_)
                mutates dst= shallow
            numpy:save('a.npy', _)
                mutates 0 shallow; writes file_system[0]; reads cwd
            numpy:load('a.npy')
                consumes 0; reads file_system[0]; reads cwd
            numpy:linalg(_)
                pure
            numpy.linalg:solve(_, _)
                pure
            numpy.random:seed(0)
                writes numpy_random
            numpy.random:rand(3)
                reads numpy_random; writes numpy_random
            numpy.random:default_rng(0)
                views result, 0
            numpy.random:Generator.normal()
                mutates self
            numpy.random:Generator.shuffle(_)
                mutates self; mutates 0 shallow
            numpy:ndarray.sort()
                mutates self shallow
            numpy:ndarray.mean()
                pure
            numpy:ndarray.reshape(2, 3)
                views result, self
            numpy:ndarray.cumsum(out=_)
                mutates out= shallow; views result, out=
            numpy:ndarray.__setitem__(_, _)
                mutates self shallow
            numpy:ndarray.astype(_)
                pure
            numpy:ndarray.astype(_, copy=False)
                views result, self (varies)
        "#]],
    );
}

#[test]
fn pandas() {
    check_library(
        "
        pandas:read_csv('a.csv')
        pandas:read_csv('a.csv', chunksize=10)
        pandas:read_sql('select', _)
        pandas:merge(_, _)
        new pandas:DataFrame(_) where pandas is 3.0.1
        new pandas:DataFrame(_) where pandas is 2.2.0
        pandas:DataFrame.head()
        pandas:DataFrame.__getitem__(_) where pandas is 3.0.1
        pandas:DataFrame.__getitem__(_) where pandas is 2.2.0
        pandas:DataFrame.__setitem__(_, _)
        pandas:DataFrame.dropna()
        pandas:DataFrame.dropna(inplace=True)
        pandas:DataFrame.apply(_)
        pandas:DataFrame.pop('x')
        pandas:DataFrame.to_csv('a.csv')
        pandas:DataFrame.to_csv()
        pandas:DataFrame.to_sql('t', _)
        pandas:DataFrame.sample(3)
        pandas:DataFrame.sample(3, random_state=0)
        pandas:DataFrame.groupby('x')
        pandas:DataFrame.info()
        pandas:Series.map(_)
        pandas:Index.rename('a', inplace=True)
        pandas.core.indexing:_LocIndexer.__setitem__(_, _)
        pandas.core.groupby.groupby:BaseGroupBy.mean()
        pandas.plotting._core:PlotAccessor.__call__()
        pandas.plotting._core:PlotAccessor.scatter(ax=_)
        ?pandas:DataFrame.to_parquet('a')
        ",
        expect![[r#"
            pandas:read_csv('a.csv')
                consumes 0; reads file_system[0]; reads cwd
            pandas:read_csv('a.csv', chunksize=10)
                consumes 0; reads file_system[0]; views result, 0; reads cwd (varies)
            pandas:read_sql('select', _)
                reads db[1]
            pandas:merge(_, _)
                pure
            new pandas:DataFrame(_) where pandas is 3.0.1
                consumes 0
            new pandas:DataFrame(_) where pandas is 2.2.0
                consumes 0; views result, 0
            pandas:DataFrame.head()
                views result, self
            pandas:DataFrame.__getitem__(_) where pandas is 3.0.1
                pure
            pandas:DataFrame.__getitem__(_) where pandas is 2.2.0
                views result, self
            pandas:DataFrame.__setitem__(_, _)
                mutates self shallow; consumes 1
            pandas:DataFrame.dropna()
                pure
            pandas:DataFrame.dropna(inplace=True)
                mutates self shallow (varies)
            pandas:DataFrame.apply(_)
                pure
            pandas:DataFrame.pop('x')
                mutates self shallow
            pandas:DataFrame.to_csv('a.csv')
                mutates 0 shallow; writes file_system[0]; reads cwd (varies)
            pandas:DataFrame.to_csv()
                pure
            pandas:DataFrame.to_sql('t', _)
                mutates 1; reads db[1]; writes db[1]
            pandas:DataFrame.sample(3)
                reads numpy_random; writes numpy_random
            pandas:DataFrame.sample(3, random_state=0)
                mutates random_state= (varies)
            pandas:DataFrame.groupby('x')
                views result, self
            pandas:DataFrame.info()
                writes standard_streams
            pandas:Series.map(_)
                pure
            pandas:Index.rename('a', inplace=True)
                mutates self shallow (varies)
            pandas.core.indexing:_LocIndexer.__setitem__(_, _)
                mutates self
            pandas.core.groupby.groupby:BaseGroupBy.mean()
                pure
            pandas.plotting._core:PlotAccessor.__call__()
                reads pyplot; writes pyplot; result handles pyplot
            pandas.plotting._core:PlotAccessor.scatter(ax=_)
                mutates ax=; reads pyplot; writes pyplot; result handles pyplot; ax= handles pyplot; views result, ax=
            ?pandas:DataFrame.to_parquet('a')
                mutates 0 shallow; writes file_system[0]; reads cwd (varies)
        "#]],
    );
}

#[test]
fn scikit_learn() {
    check_library(
        "
        new sklearn.linear_model:LinearRegression, sklearn.base:BaseEstimator()
        ?sklearn.base:BaseEstimator.fit(_, _) where .fit_intercept is True
        ?sklearn.base:BaseEstimator.fit(_, _) where .random_state is None
        ?sklearn.base:BaseEstimator.fit(_, _) where .random_state is 0
        ?sklearn.base:BaseEstimator.fit(_, _) where .steps is obj
        ?sklearn.base:BaseEstimator.fit_transform(_) where .copy is True
        ?sklearn.base:BaseEstimator.predict(_)
        ?sklearn.base:BaseEstimator.transform(_)
        sklearn.base:BaseEstimator.set_params()
        sklearn.metrics:accuracy_score(_, _)
        sklearn.model_selection:train_test_split(_, _)
        sklearn.model_selection:train_test_split(_, _, random_state=0)
        sklearn.datasets:make_blobs(random_state=obj)
        sklearn.datasets:load_iris()
        sklearn.preprocessing:scale(_, copy=False)
        ",
        expect![[r#"
            new sklearn.linear_model:LinearRegression, sklearn.base:BaseEstimator()
                views result, **
            ?sklearn.base:BaseEstimator.fit(_, _) where .fit_intercept is True
                mutates self; views result, self, ** (varies)
            ?sklearn.base:BaseEstimator.fit(_, _) where .random_state is None
                mutates self; views result, self, **; reads numpy_random; writes numpy_random (varies)
            ?sklearn.base:BaseEstimator.fit(_, _) where .random_state is 0
                mutates self; views result, self, ** (varies)
            ?sklearn.base:BaseEstimator.fit(_, _) where .steps is obj
                mutates self; views result, self, **; reads numpy_random; writes numpy_random (varies)
            ?sklearn.base:BaseEstimator.fit_transform(_) where .copy is True
                mutates self; views result, self, ** (varies)
            ?sklearn.base:BaseEstimator.predict(_)
                pure
            ?sklearn.base:BaseEstimator.transform(_)
                views result, ** (varies)
            sklearn.base:BaseEstimator.set_params()
                mutates self; views result, self, **
            sklearn.metrics:accuracy_score(_, _)
                views result, **
            sklearn.model_selection:train_test_split(_, _)
                reads numpy_random; writes numpy_random
            sklearn.model_selection:train_test_split(_, _, random_state=0)
                mutates random_state= (varies)
            sklearn.datasets:make_blobs(random_state=obj)
                mutates random_state= (varies)
            sklearn.datasets:load_iris()
                pure
            sklearn.preprocessing:scale(_, copy=False)
                mutates 0 shallow; views result, 0; views result, ** (varies)
        "#]],
    );
}

#[test]
fn matplotlib_and_seaborn() {
    check_library(
        "
        matplotlib.pyplot:plot(_, _)
        matplotlib.pyplot:subplots()
        matplotlib.pyplot:savefig('a.png')
        matplotlib:RcParams.__setitem__('a', 1)
        matplotlib.axes:Axes.plot(_, _)
        matplotlib.axes:Axes.get_xlim()
        matplotlib.axes:Axes.set_title('a')
        matplotlib.figure:Figure.savefig('a.png')
        seaborn:histplot(_)
        seaborn:histplot(_, ax=_)
        seaborn:set_theme()
        ",
        expect![[r#"
            matplotlib.pyplot:plot(_, _)
                reads pyplot; writes pyplot; result handles pyplot; ** handles pyplot; views result, **
            matplotlib.pyplot:subplots()
                reads pyplot; writes pyplot; result handles pyplot; ** handles pyplot; views result, **
            matplotlib.pyplot:savefig('a.png')
                mutates 0 shallow; reads pyplot; writes file_system[0]; reads cwd
            matplotlib:RcParams.__setitem__('a', 1)
                mutates self shallow; reads pyplot["settings"]; writes pyplot["settings"]
            matplotlib.axes:Axes.plot(_, _)
                mutates self; views result, self
            matplotlib.axes:Axes.get_xlim()
                views result, self
            matplotlib.axes:Axes.set_title('a')
                mutates self; views result, self, **
            matplotlib.figure:Figure.savefig('a.png')
                mutates 0 shallow; writes file_system[0]; reads cwd
            seaborn:histplot(_)
                reads pyplot; writes pyplot; result handles pyplot
            seaborn:histplot(_, ax=_)
                mutates ax=; reads pyplot; writes pyplot; result handles pyplot; ax= handles pyplot; views result, ax=
            seaborn:set_theme()
                reads pyplot; writes pyplot
        "#]],
    );
}

#[test]
fn scipy_and_statsmodels() {
    check_library(
        "
        scipy.stats:ttest_ind(_, _)
        scipy.optimize:minimize(_, _)
        scipy.linalg:solve(_, _, overwrite_a=True)
        scipy.ndimage:gaussian_filter(_, 2, output=_)
        ?scipy.stats._distn_infrastructure:rv_generic.rvs()
        scipy.stats._distn_infrastructure:rv_generic.rvs(random_state=0)
        scipy.sparse:csr_matrix.dot(_)
        scipy.sparse:csr_matrix.sort_indices()
        scipy.io:savemat('a.mat', _)
        statsmodels.base.model:Model.fit()
        ",
        expect![[r#"
            scipy.stats:ttest_ind(_, _)
                views result, **
            scipy.optimize:minimize(_, _)
                views result, **
            scipy.linalg:solve(_, _, overwrite_a=True)
                mutates 0 shallow; views result, ** (varies)
            scipy.ndimage:gaussian_filter(_, 2, output=_)
                mutates output= shallow; views result, output=
            ?scipy.stats._distn_infrastructure:rv_generic.rvs()
                reads numpy_random; writes numpy_random
            scipy.stats._distn_infrastructure:rv_generic.rvs(random_state=0)
                mutates random_state= (varies)
            scipy.sparse:csr_matrix.dot(_)
                pure
            scipy.sparse:csr_matrix.sort_indices()
                mutates self shallow; views result, self
            scipy.io:savemat('a.mat', _)
                mutates 0 shallow; writes file_system[0]; reads cwd
            statsmodels.base.model:Model.fit()
                mutates self shallow; views result, self
        "#]],
    );
}

#[test]
fn models_that_learn() {
    check_library(
        "
        torch:manual_seed(0)
        torch:randn(3)
        torch:Tensor.add_(_)
        torch:Tensor.backward()
        torch.nn:Module.__call__(_) where .training is True
        torch.nn:Module.__call__(_) where .training is False
        torch.optim:Optimizer.step()
        torch:save(_, 'a.pt')
        keras:Model.fit(_, _)
        keras:Model.save('a.keras')
        xgboost:train(_, _)
        lightgbm:train(_, _)
        ",
        expect![[r#"
            torch:manual_seed(0)
                writes torch_random
            torch:randn(3)
                reads torch_random; writes torch_random
            torch:Tensor.add_(_)
                mutates self shallow; views result, self, *
            torch:Tensor.backward()
                mutates self; views self, *
            torch.nn:Module.__call__(_) where .training is True
                views result, self, *; mutates self; reads torch_random; writes torch_random (varies)
            torch.nn:Module.__call__(_) where .training is False
                views result, self, * (varies)
            torch.optim:Optimizer.step()
                mutates self
            torch:save(_, 'a.pt')
                mutates 1 shallow; writes file_system[1]; reads cwd
            keras:Model.fit(_, _)
                mutates self; reads module:tensorflow.random; reads numpy_random; writes module:tensorflow.random; writes numpy_random; consumes 0; views result, self
            keras:Model.save('a.keras')
                mutates 0 shallow; writes file_system[0]; reads cwd
            xgboost:train(_, _)
                pure
            lightgbm:train(_, _)
                mutates 1 shallow
        "#]],
    );
}

#[test]
fn other_libraries() {
    check_library(
        "
        joblib:dump(_, 'a.joblib')
        PIL.Image:open('a.png')
        PIL.Image:Image.resize(_)
        PIL.Image:Image.save('a.png')
        PIL.Image:Image.paste(_)
        requests:get('https://example.org')
        sqlalchemy:create_engine('sqlite://')
        polars:read_parquet('a.parquet')
        polars:DataFrame.with_columns(_)
        pyarrow.parquet:write_table(_, 'a.parquet')
        networkx:shortest_path(_)
        networkx:Graph.add_edge(1, 2)
        dask.dataframe:read_csv('a*.csv')
        cv2:rectangle(_, _, _)
        cv2:imread('a.png')
        new tqdm.std:tqdm(_)
        botocore.client:BaseClient.upload_file('a', 'b', 'c')
        plotly.express:scatter(_)
        plotly.basedatatypes:BaseFigure.update_layout()
        plotly.basedatatypes:BaseFigure.write_html('a.html')
        ",
        expect![[r#"
            joblib:dump(_, 'a.joblib')
                mutates 1 shallow; writes file_system[1]; reads cwd
            PIL.Image:open('a.png')
                reads file_system[0]; views result, 0; reads cwd
            PIL.Image:Image.resize(_)
                pure
            PIL.Image:Image.save('a.png')
                mutates 0 shallow; writes file_system[0]; reads cwd
            PIL.Image:Image.paste(_)
                mutates self shallow
            requests:get('https://example.org')
                reads network[0]; writes network[0]
            sqlalchemy:create_engine('sqlite://')
                reads db[0]; result handles db[0]
            polars:read_parquet('a.parquet')
                consumes 0; reads file_system[0]; reads cwd
            polars:DataFrame.with_columns(_)
                pure
            pyarrow.parquet:write_table(_, 'a.parquet')
                mutates 1 shallow; writes file_system[1]; reads cwd
            networkx:shortest_path(_)
                pure
            networkx:Graph.add_edge(1, 2)
                mutates self; consumes *
            dask.dataframe:read_csv('a*.csv')
                reads file_system[0]; reads cwd
            cv2:rectangle(_, _, _)
                mutates 0 shallow; views result, 0, 0
            cv2:imread('a.png')
                reads file_system[0]; reads cwd
            new tqdm.std:tqdm(_)
                writes standard_streams; views result, 0
            botocore.client:BaseClient.upload_file('a', 'b', 'c')
                reads file_system[0]; reads network; writes network; reads cwd
            plotly.express:scatter(_)
                pure
            plotly.basedatatypes:BaseFigure.update_layout()
                mutates self; views result, self, **
            plotly.basedatatypes:BaseFigure.write_html('a.html')
                mutates 0 shallow; writes file_system[0]; reads cwd
        "#]],
    );
}
